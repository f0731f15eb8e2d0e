import '../../i18n/playbooks'
import '../../i18n/runs'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { usePaths } from '../../app/me'
import { executionsQuery } from '../../resources/playbooks'
import { Panel } from '../../ui/Page'
import list from '../../ui/RowList.module.css'
import { EmptyState, ErrorState, LoadingLines } from '../../ui/States'
import { StatusText } from '../../ui/StatusText'
import { Elapsed, TimeAgo } from '../../ui/TimeAgo'
import { useRows } from '../../ui/useRows'

/** The newest runs of a playbook. */
export function PlaybookRuns({ playbookId }: { playbookId: number }) {
  const { t } = useTranslation()
  const paths = usePaths()
  const query = useInfiniteQuery(executionsQuery({ playbook_id: playbookId, sort: '-id' }))
  const { rows, loading } = useRows(query)
  if (query.error && rows.length === 0) return <ErrorState error={query.error} retry={() => void query.refetch()} />
  if (loading) return <LoadingLines lines={6} />
  if (rows.length === 0) return <EmptyState title={t('playbooks.neverRan')} />
  return (
    <Panel>
      <ul className={list.list}>
        {rows.map((run) => (
          <li key={run.id}>
            <Link to={paths.run(run.id)} className={list.row}>
              <span className={list.main}>{t('runs.run', { id: run.id })}</span>
              <StatusText status={run.status} />
              <span className={list.aside}>
                <Elapsed from={run.started_at} to={run.finished_at} />
              </span>
              <span className={list.aside}>
                <TimeAgo at={run.started_at ?? run.created_at} />
              </span>
            </Link>
          </li>
        ))}
      </ul>
    </Panel>
  )
}
