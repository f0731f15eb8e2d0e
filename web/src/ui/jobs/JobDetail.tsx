import { Alert, Button, SegmentedControl } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import type { BulkItem, BulkJob } from '../../api/models'
import { usePaths } from '../../app/me'
import { bulkItemsQuery } from '../../resources/bulk'
import { CopyText } from '../CopyText'
import { Facts } from '../Page'
import { EmptyState, ErrorState, LoadingLines } from '../States'
import { StatusText } from '../StatusText'
import { Elapsed, ExactTime } from '../TimeAgo'
import { useRows } from '../useRows'
import { JobActions } from './JobActions'
import { JobProgress, useJobName } from './JobProgress'
import css from './Jobs.module.css'
import { closeJobs } from './state'
import { useJob } from './useJob'

/** One job: what it was asked, how far it has come, and what became of each row. */
export function JobDetail({ id }: { id: number }) {
  const nameOf = useJobName()
  const query = useJob(id)
  if (query.error) return <ErrorState error={query.error} retry={() => void query.refetch()} />
  if (!query.data) return <LoadingLines lines={8} />
  const job = query.data
  return (
    <div className={css.detail}>
      <div className={css.line}>
        <span className={css.name}>{nameOf(job)}</span>
        <StatusText status={job.status} />
      </div>
      <JobProgress job={job} />
      {job.error ? (
        <Alert color="red" variant="light">
          {job.error}
        </Alert>
      ) : null}
      <div className={css.buttons}>
        <JobActions job={job} />
      </div>
      <JobFacts job={job} />
      <JobItems job={job} />
    </div>
  )
}

function JobFacts({ job }: { job: BulkJob }) {
  const { t } = useTranslation()
  const asked = Object.entries(job.params ?? {}).map(([name, value]): [string, string] => [
    name.replaceAll('_', ' '),
    Array.isArray(value) ? value.join(', ') : typeof value === 'object' ? JSON.stringify(value) : String(value),
  ])
  return (
    <Facts
      facts={[
        ...asked,
        [t('jobs.started'), <ExactTime key="at" at={job.created_at} />],
        [t('jobs.took'), <Elapsed key="took" from={job.created_at} to={job.finished_at} />],
        ...(job.file
          ? ([[t('jobs.hash'), <CopyText key="hash" value={job.file.sha256} />]] as [string, ReactNode][])
          : []),
      ]}
    />
  )
}

const outcomes = ['failed', 'skipped', 'done'] as const

function JobItems({ job }: { job: BulkJob }) {
  const { t } = useTranslation()
  const [status, setStatus] = useState<BulkItem['status'] | ''>('')
  const query = useInfiniteQuery(bulkItemsQuery(job.id, status || undefined))
  const { rows, loading, loadingMore, loadMore } = useRows(query)
  return (
    <section aria-label={t('jobs.items.title')}>
      <SegmentedControl
        size="xs"
        mb="xs"
        aria-label={t('jobs.items.outcome')}
        value={status}
        onChange={(next) => setStatus(next as BulkItem['status'] | '')}
        data={[
          { value: '', label: t('jobs.items.all') },
          ...outcomes.map((value) => ({ value, label: t(`jobs.items.${value}`) })),
        ]}
      />
      {query.error && rows.length === 0 ? (
        <ErrorState error={query.error} retry={() => void query.refetch()} />
      ) : loading ? (
        <LoadingLines />
      ) : rows.length === 0 ? (
        <EmptyState compact title={job.total === 0 ? t('jobs.items.waiting') : t('jobs.items.none')} />
      ) : (
        <ItemTable job={job} rows={rows} />
      )}
      {query.hasNextPage ? (
        <Button size="compact-sm" variant="default" mt="sm" loading={loadingMore} onClick={loadMore}>
          {t('jobs.items.more')}
        </Button>
      ) : null}
    </section>
  )
}

function ItemTable({ job, rows }: { job: BulkJob; rows: BulkItem[] }) {
  const { t } = useTranslation()
  const paths = usePaths()
  const to = { hosts: paths.host, cases: paths.case, artifacts: null }[job.resource]
  return (
    <table className={css.items}>
      <thead>
        <tr>
          <th scope="col">{t('jobs.items.row')}</th>
          <th scope="col">{t('jobs.items.outcome')}</th>
          <th scope="col">{t('jobs.items.why')}</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((item) => (
          <tr key={item.resource_id}>
            <td>
              {to && job.action !== 'delete' ? (
                <Link to={to(item.resource_id)} onClick={closeJobs}>
                  {item.name || item.resource_id}
                </Link>
              ) : (
                item.name || item.resource_id
              )}
            </td>
            <td>
              <StatusText status={item.status === 'done' ? 'completed' : item.status} />
            </td>
            <td>{item.error}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
