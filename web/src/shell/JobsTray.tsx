import '../i18n/jobs'
import { ActionIcon } from '@mantine/core'
import { IconListCheck } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { bulkJobsQuery, isOver } from '../resources/bulk'
import { openJobs } from '../ui/jobs/state'
import css from './Shell.module.css'

/** The way to the bulk jobs from every page, once there are any, with how many are running. */
export function JobsTray() {
  const { t } = useTranslation()
  const { data } = useQuery({
    ...bulkJobsQuery,
    refetchInterval: (query) => (query.state.data?.rows.some((job) => !isOver(job)) ? 10_000 : false),
  })
  const jobs = data?.rows ?? []
  const running = jobs.filter((job) => !isOver(job)).length
  if (jobs.length === 0) return null
  return (
    <ActionIcon
      size="lg"
      visibleFrom={running > 0 ? undefined : 'sm'}
      onClick={() => openJobs()}
      aria-label={t('jobs.tray', { count: running })}
      title={t('jobs.title')}
    >
      <span className={css.bell}>
        <IconListCheck size={18} />
        {running > 0 ? <span className={css.count}>{running}</span> : null}
      </span>
    </ActionIcon>
  )
}
