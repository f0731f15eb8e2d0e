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
export function canRetry(batch: Pick<Batch, 'status' | 'error_code'>): boolean {
  return (batch.status === 'failed' || batch.status === 'cancelled') && !isCutOff(batch)
}

/** Whether the upload broke off before all of the file was there. */
export function isCutOff({ error_code }: Pick<Batch, 'error_code'>): boolean {
  return error_code === 'upload_incomplete'
}
