import '../../i18n/jobs'
import { ActionIcon, Button } from '@mantine/core'
import { IconX } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { StatusText } from '../StatusText'
import { JobActions } from './JobActions'
import { JobProgress, useJobName } from './JobProgress'
import css from './Jobs.module.css'
import { hideJob, openJobs } from './state'
import { useJob } from './useJob'

/** The job begun last, under the list it acts on: how far it has come, and how to take it back. */
export function JobStrip({ id }: { id: number }) {
  const { t } = useTranslation()
  const nameOf = useJobName()
  const { data: job, error } = useJob(id)
  if (!job || error) return null
  return (
    <section className={css.strip} aria-label={nameOf(job)}>
      <span className={css.name}>{nameOf(job)}</span>
      <span role="status">
        <StatusText status={job.status} />
      </span>
      <JobProgress job={job} />
      <span className={css.buttons}>
        <JobActions job={job} />
        <Button size="compact-sm" variant="default" onClick={() => openJobs(id)}>
          {t('jobs.details')}
        </Button>
        <ActionIcon onClick={hideJob} aria-label={t('jobs.dismiss')} title={t('jobs.dismiss')}>
          <IconX size={16} />
        </ActionIcon>
      </span>
    </section>
  )
}
