import { queryOptions } from '@tanstack/react-query'
import { call, download, list, upload } from '../api/call'
import type { BatchQuery, NewBatchQuery } from '../api/models'
import { keys } from './keys'
import { endless } from './paging'

export const batchesQuery = (filter: BatchQuery) =>
  endless([keys.batches, filter], (cursor, signal) =>
    list('/api/ingestion/batches', { query: { ...filter, limit: 100, cursor }, signal }),
  )

export const batchQuery = (id: number) =>
  queryOptions({
    queryKey: [keys.batches, id],
    queryFn: ({ signal }) => call('get', '/api/ingestion/batches/{id}', { path: { id }, signal }),
    placeholderData: undefined,
  })

/** The lines of a batch that were refused. */
export const batchErrorsQuery = (id: number) =>
  endless([keys.batches, id, 'errors'], (cursor, signal) =>
    list('/api/ingestion/batches/{id}/errors', { path: { id }, query: { limit: 100, cursor }, signal }),
  )

export const downloadErrors = (id: number, format: 'ndjson' | 'csv') =>
  download('/api/ingestion/batches/{id}/errors', { path: { id }, query: { format } })

export const cancelBatch = (id: number) => call('post', '/api/ingestion/batches/{id}/cancel', { path: { id } })

/** Goes on where the batch stopped. */
export const retryBatch = (id: number) => call('post', '/api/ingestion/batches/{id}/retry', { path: { id } })

interface SentFile {
  file: File
  query: NewBatchQuery
  /** The same key twice is the same upload. */
  key: string
  signal: AbortSignal
  onProgress: (sent: number) => void
}

/** Sends one file; answers the batch that was made of it. */
export const sendBatch = ({ file, query, key, signal, onProgress }: SentFile) =>
  upload('/api/ingestion/batches', {
    query,
    body: file,
    type: 'application/octet-stream',
    headers: { 'Idempotency-Key': key },
    signal,
    onProgress,
  })
