import { Anchor } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import type { Dashboard } from '../../api/models'
import { usePaths } from '../../app/me'
import { Panel } from '../../ui/Page'
import { ScoreBadge } from '../../ui/SeverityBadge'
import { EmptyState } from '../../ui/States'
import { StatusText } from '../../ui/StatusText'
import { TimeAgo } from '../../ui/TimeAgo'
import css from './Dashboard.module.css'

/** The hosts to look at first. */
export function TopHosts({ hosts, known }: { hosts: NonNullable<Dashboard['top_hosts']>; known: number }) {
  const { t } = useTranslation()
  const paths = usePaths()
  return (
    <Panel
      title={t('dashboard.topHosts')}
      actions={
        <Anchor component={Link} to={paths.hosts} size="sm">
          {t('dashboard.allHosts')}
        </Anchor>
      }
    >
      {hosts.length === 0 && known === 0 ? (
        <EmptyState compact title={t('dashboard.noHosts')} hint={t('dashboard.noHostsHint')} />
      ) : null}
      {hosts.length === 0 && known > 0 ? (
        <EmptyState
          compact
          title={t('dashboard.noScores')}
          hint={t('dashboard.noScoresHint')}
          action={
            <Anchor component={Link} to={paths.hosts} size="sm">
              {t('dashboard.toHosts', { count: known })}
            </Anchor>
          }
        />
      ) : null}
      <ul className={css.list}>
        {hosts.map((host) => (
          <li key={host.id}>
            <Link to={paths.host(host.id)} className={css.item}>
              <span className={`${css.itemMain} truncate`}>{host.hostname}</span>
              <StatusText status={host.online ? 'online' : 'offline'} />
              <ScoreBadge score={host.threat_score} />
            </Link>
          </li>
        ))}
      </ul>
    </Panel>
  )
}

/** What playbooks did lately. */
export function RecentRuns({ runs }: { runs: NonNullable<Dashboard['recent_executions']> }) {
  const { t } = useTranslation()
  const paths = usePaths()
  return (
    <Panel
      title={t('dashboard.recentRuns')}
      actions={
        <Anchor component={Link} to={paths.runs} size="sm">
          {t('dashboard.allRuns')}
        </Anchor>
      }
    >
      {runs.length === 0 ? <EmptyState compact title={t('dashboard.noRuns')} hint={t('dashboard.noRunsHint')} /> : null}
      <ul className={css.list}>
        {runs.map((run) => (
          <li key={run.id}>
            <Link to={paths.run(run.id)} className={css.item}>
              <span className={`${css.itemMain} truncate`}>
                {run.playbook_name ?? t('runs.playbook', { id: run.playbook_id })}
              </span>
              <StatusText status={run.status} />
              <span className={css.itemAside}>
                <TimeAgo at={run.started_at ?? run.created_at} />
              </span>
            </Link>
          </li>
        ))}
      </ul>
    </Panel>
  )
}
