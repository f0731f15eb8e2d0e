import { queryOptions } from '@tanstack/react-query'
import { call, download, list } from '../api/call'
import type { BulkItem, BulkJob, BulkRequest, BulkSelection } from '../api/models'
import { keys } from './keys'
import { endless } from './paging'

/** What can be acted on in bulk, and the key under which its rows are kept. */
export const bulkKeys = { hosts: keys.hosts, artifacts: keys.artifacts, cases: keys.cases } as const

const over: readonly BulkJob['status'][] = ['completed', 'failed', 'cancelled']

/** Whether nothing more will happen to a job. */
export const isOver = (job: Pick<BulkJob, 'status'>) => over.includes(job.status)

/** The newest jobs of the tenant. */
export const bulkJobsQuery = queryOptions({
  queryKey: [keys.bulk, 'newest'],
  queryFn: ({ signal }) => list('/api/bulk', { query: { limit: 20 }, signal }),
})

/** One job. The socket tells of its progress; asking now and then covers for a socket that is down. */
export const bulkJobQuery = (id: number) =>
  queryOptions({
    queryKey: [keys.bulk, id],
    queryFn: ({ signal }) => call('get', '/api/bulk/{id}', { path: { id }, signal }),
    placeholderData: undefined,
    refetchInterval: (query) => (query.state.data && !isOver(query.state.data) ? 5_000 : false),
  })

/** What became of each row a job acted on. */
export const bulkItemsQuery = (id: number, status?: BulkItem['status']) =>
  endless([keys.bulk, id, 'items', status ?? ''], (cursor, signal) =>
    list('/api/bulk/{id}/items', { path: { id }, query: { status, limit: 100, cursor }, signal }),
  )

/** How many rows a selection means, and the first of them. */
export const bulkPreviewQuery = (selection: BulkSelection) =>
  queryOptions({
    queryKey: [keys.bulk, 'preview', selection],
    queryFn: ({ signal }) => call('post', '/api/bulk/preview', { body: selection, signal }),
    placeholderData: undefined,
    staleTime: 0,
  })

export const startBulk = (body: BulkRequest, attempt: string) =>
  call('post', '/api/bulk', { body, headers: { 'Idempotency-Key': attempt } })

export const cancelBulk = (id: number) => call('post', '/api/bulk/{id}/cancel', { path: { id } })

/** Takes back what a job did, as another job. */
export const undoBulk = (id: number) => call('post', '/api/bulk/{id}/undo', { path: { id } })

export const downloadBulk = (id: number) => download('/api/bulk/{id}/download', { path: { id } })
