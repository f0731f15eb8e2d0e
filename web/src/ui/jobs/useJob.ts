import { useMutation, useQuery } from '@tanstack/react-query'
import { useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import type { BulkJob } from '../../api/models'
import { bulkJobQuery, bulkKeys, cancelBulk, downloadBulk, isOver, undoBulk } from '../../resources/bulk'
import { keys } from '../../resources/keys'
import { useErrorText } from '../errors'
import { saveFile } from '../saveFile'
import { toastDone, toastFailed } from '../toast'
import { useRefresh } from '../useRows'
import { followJob, openJobs } from './state'

/** A job as it goes on. Once it ends, the rows it acted on are fetched again. */
export function useJob(id: number) {
  const query = useQuery(bulkJobQuery(id))
  const refresh = useRefresh()
  const job = query.data
  const ended = useRef<number | null>(null)
  useEffect(() => {
    if (!job || !isOver(job) || ended.current === job.id) return
    // A short job is over when it is first seen: its rows are old all the same.
    ended.current = job.id
    void refresh(bulkKeys[job.resource], keys.dashboard)
  }, [job, refresh])
  return query
}

/** What can be done with a job: cancel it, take back what it did, fetch the file it made. */
export function useJobActions(job: BulkJob) {
  const { t } = useTranslation()
  const text = useErrorText()
  const refresh = useRefresh()
  const onError = (error: unknown) => toastFailed(text(error))
  const cancel = useMutation({ mutationFn: () => cancelBulk(job.id), onSuccess: () => refresh(keys.bulk), onError })
  const undo = useMutation({
    mutationFn: () => undoBulk(job.id),
    onSuccess: (undoing) => {
      void refresh(keys.bulk)
      toastDone(t('jobs.undone'))
      followJob(undoing.id)
    },
    onError,
  })
  const download = useMutation({
    mutationFn: () => downloadBulk(job.id),
    onSuccess: (file) => {
      const name = job.file?.name ?? `${job.resource}-${job.id}`
      saveFile(file, name)
      toastDone(t('jobs.downloaded', { name }))
    },
    onError,
  })
  return { cancel, undo, download, open: () => openJobs(job.id) }
}
