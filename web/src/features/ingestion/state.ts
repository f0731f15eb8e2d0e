import type { Batch } from '../../api/models'

/** Whether something still happens to the batch. */
export function isUnderWay({ status }: Pick<Batch, 'status'>): boolean {
  return status === 'queued' || status === 'running' || status === 'cancelling'
}

/** Whether it can be asked to stop. */
export function canCancel({ status }: Pick<Batch, 'status'>): boolean {
  return status === 'queued' || status === 'running'
}

/** Whether it can go on where it stopped. A file that never arrived in full must be sent again instead. */
export function canRetry({ status, error }: Pick<Batch, 'status' | 'error'>): boolean {
  return (status === 'failed' || status === 'cancelled') && !isCutOff({ error })
}

/** Whether the upload broke off before all of the file was there. */
export function isCutOff({ error }: Pick<Batch, 'error'>): boolean {
  return error.includes('upload_incomplete')
}
