import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { usePaths } from '../../app/me'
import { hostCasesQuery } from '../../resources/cases'
import { SeverityBadge } from '../../ui/SeverityBadge'
import { EmptyState, ErrorState, LoadingLines } from '../../ui/States'
import { StatusText } from '../../ui/StatusText'
import css from './Hosts.module.css'

/** The cases that name a host. */
export function HostCases({ hostId }: { hostId: number }) {
  const { t } = useTranslation()
  const paths = usePaths()
  const query = useQuery(hostCasesQuery(hostId))
  if (query.isPending) return <LoadingLines lines={2} />
  if (query.error) return <ErrorState error={query.error} retry={() => void query.refetch()} />
  const rows = query.data.rows
  return (
    <section aria-label={t('hosts.tabs.cases')}>
      {rows.length === 0 ? <EmptyState compact title={t('hosts.noCases')} /> : null}
      <ul className={css.cases}>
        {rows.map((row) => (
          <li key={row.id}>
            <Link to={paths.case(row.id)} className={css.case}>
              <SeverityBadge severity={row.severity} />
              <span className={`${css.caseTitle} truncate`}>{row.title}</span>
              <StatusText status={row.status} />
            </Link>
          </li>
        ))}
      </ul>
    </section>
  )
}
