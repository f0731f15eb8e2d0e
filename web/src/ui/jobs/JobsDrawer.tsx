import '../../i18n/jobs'
import { Button } from '@mantine/core'
import { IconArrowLeft } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { bulkJobsQuery } from '../../resources/bulk'
import { SideDrawer } from '../SideDrawer'
import { EmptyState, ErrorState, LoadingLines } from '../States'
import { StatusText } from '../StatusText'
import { TimeAgo } from '../TimeAgo'
import { JobDetail } from './JobDetail'
import { JobProgress, useJobName } from './JobProgress'
import css from './Jobs.module.css'
import { closeJobs, openJobs } from './state'

/** Every bulk job, or one of them with what became of each row. */
export function JobsDrawer({ id }: { id: number | null }) {
  const { t } = useTranslation()
  return (
    <SideDrawer
      size={520}
      title={t('jobs.title')}
      onClose={closeJobs}
      content={
        id === null ? (
          <JobList />
        ) : (
          <>
            <Button
              size="compact-sm"
              variant="subtle"
              mb="sm"
              leftSection={<IconArrowLeft size={14} />}
              onClick={() => openJobs(null)}
            >
              {t('jobs.back')}
            </Button>
            <JobDetail id={id} />
          </>
        )
      }
    />
  )
}

function JobList() {
  const { t } = useTranslation()
  const nameOf = useJobName()
  const query = useQuery({ ...bulkJobsQuery, refetchOnMount: 'always' })
  if (query.isPending) return <LoadingLines lines={6} />
  if (query.error) return <ErrorState error={query.error} retry={() => void query.refetch()} />
  if (query.data.rows.length === 0) return <EmptyState compact title={t('jobs.empty')} hint={t('jobs.emptyHint')} />
  return (
    <ul className={css.list} aria-label={t('jobs.title')}>
      {query.data.rows.map((job) => (
        <li key={job.id}>
          <button type="button" className={css.entry} onClick={() => openJobs(job.id)}>
            <span className={css.line}>
              <span className={css.name}>{nameOf(job)}</span>
              <StatusText status={job.status} />
            </span>
            <JobProgress job={job} />
            <span className={css.counts}>
              <TimeAgo at={job.created_at} />
            </span>
          </button>
        </li>
      ))}
    </ul>
  )
}
