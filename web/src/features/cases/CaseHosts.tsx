import { IconDeviceDesktop } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { usePaths } from '../../app/me'
import { caseHostsQuery } from '../../resources/cases'
import { Panel } from '../../ui/Page'
import { ScoreBadge } from '../../ui/SeverityBadge'
import { EmptyState, ErrorState, LoadingLines } from '../../ui/States'
import css from './Cases.module.css'

/** The hosts a case is about. */
export function CaseHosts({ caseId }: { caseId: number }) {
  const { t } = useTranslation()
  const paths = usePaths()
  const query = useQuery(caseHostsQuery(caseId))
  return (
    <Panel title={t('cases.hosts.title')}>
      {query.isPending ? <LoadingLines lines={2} /> : null}
      {query.error && !query.data ? <ErrorState error={query.error} retry={() => void query.refetch()} /> : null}
      {query.data?.rows.length === 0 ? (
        <EmptyState compact icon={IconDeviceDesktop} title={t('cases.hosts.empty')} />
      ) : null}
      <ul className={css.links}>
        {query.data?.rows.map((host) => (
          <li key={host.id}>
            <Link to={paths.host(host.id)} className={css.link}>
              <span className="truncate">{host.hostname}</span>
              <ScoreBadge score={host.threat_score} />
            </Link>
          </li>
        ))}
      </ul>
    </Panel>
  )
}
