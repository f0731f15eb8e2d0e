import { Progress } from '@mantine/core'
import type { ParseKeys } from 'i18next'
import { useTranslation } from 'react-i18next'
import type { BulkJob } from '../../api/models'
import { toneOf } from '../StatusText'
import css from './Jobs.module.css'

/** What a job does, in words: the action and how many rows of what. */
export function useJobName(): (job: Pick<BulkJob, 'action' | 'resource' | 'total'>) => string {
  const { t, i18n } = useTranslation()
  return ({ action, resource, total }) => {
    const key = `jobs.action.${action}`
    const what = i18n.exists(key) ? t(key as ParseKeys) : action
    return `${what as string} · ${t(`jobs.rows.${resource}`, { count: total })}`
  }
}

/** How far a job has come: a bar, and the counts in words. */
export function JobProgress({ job }: { job: BulkJob }) {
  const { t } = useTranslation()
  const name = useJobName()(job)
  const share = (count: number) => (job.total > 0 ? (count / job.total) * 100 : 0)
  return (
    <div className={css.progress}>
      <Progress.Root size={6} aria-label={t('jobs.progress', { name })}>
        <Progress.Section
          value={job.total > 0 ? share(job.done) : job.progress * 100}
          color={toneOf(job.status) === 'failed' ? 'var(--vc-failed)' : 'var(--vc-ok)'}
          aria-label={t('jobs.progress', { name })}
        />
        {job.skipped > 0 ? (
          <Progress.Section
            value={share(job.skipped)}
            color="var(--vc-idle)"
            aria-label={t('jobs.skipped', { count: job.skipped })}
          />
        ) : null}
        {job.failed > 0 ? (
          <Progress.Section
            value={share(job.failed)}
            color="var(--vc-failed)"
            aria-label={t('jobs.failed', { count: job.failed })}
          />
        ) : null}
      </Progress.Root>
      <span className={css.counts}>
        {t('jobs.counts', { done: job.done, total: job.total })}
        {job.failed > 0 ? <b className={css.failed}>{` · ${t('jobs.failed', { count: job.failed })}`}</b> : null}
        {job.skipped > 0 ? ` · ${t('jobs.skipped', { count: job.skipped })}` : null}
      </span>
    </div>
  )
}
