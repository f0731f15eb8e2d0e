import { queryOptions } from '@tanstack/react-query'
import { call, download, list } from '../api/call'
import type { HuntBody, HuntHostQuery, HuntQuery, HuntRowQuery } from '../api/models'
import { keys } from './keys'
import { endless, pageSize } from './paging'

export const huntsQuery = (filter: HuntQuery) =>
  endless([keys.hunts, filter], (cursor, signal) =>
    list('/api/velociraptor/hunts', { query: { ...filter, limit: pageSize, cursor }, signal }),
  )

export const huntQuery = (id: number) =>
  queryOptions({
    queryKey: [keys.hunts, id],
    queryFn: ({ signal }) => call('get', '/api/velociraptor/hunts/{id}', { path: { id }, signal }),
    placeholderData: undefined,
  })

/** What a hunt would reach, without starting it. */
export const huntEstimateQuery = (body: HuntBody) =>
  queryOptions({
    queryKey: [keys.hunts, 'estimate', body],
    queryFn: ({ signal }) => call('post', '/api/velociraptor/hunts/estimate', { body, signal }),
    staleTime: 30_000,
  })

/**
 * The rows of a hunt. They come while one reads: what is on the screen stays as it is until more is asked for (`still`),
 * whatever else is fetched again.
 */
export const huntRowsQuery = (id: number, filter: HuntRowQuery) => ({
  ...endless([keys.huntRows, id, filter], (cursor, signal) =>
    list('/api/velociraptor/hunts/{id}/results', { path: { id }, query: { ...filter, limit: 100, cursor }, signal }),
  ),
  meta: { still: true },
  staleTime: Number.POSITIVE_INFINITY,
  gcTime: 0,
})

/** The endpoints of a hunt, with how far each is. */
export const huntHostsQuery = (id: number, filter: HuntHostQuery) =>
  endless([keys.hunts, id, 'hosts', filter], (cursor, signal) =>
    list('/api/velociraptor/hunts/{id}/hosts', { path: { id }, query: { ...filter, limit: pageSize, cursor }, signal }),
  )

/** Why endpoints failed, most frequent first. */
export const huntErrorsQuery = (id: number) =>
  queryOptions({
    queryKey: [keys.hunts, id, 'errors'],
    queryFn: ({ signal }) => call('get', '/api/velociraptor/hunts/{id}/errors', { path: { id }, signal }),
    placeholderData: undefined,
  })

/** Starts a hunt. The key makes a second press of the button, or a repeated request, the same hunt. */
export const startHunt = (body: HuntBody, key: string) =>
  call('post', '/api/velociraptor/hunts', { body, headers: { 'Idempotency-Key': key } })

export const stopHunt = (id: number) => call('post', '/api/velociraptor/hunts/{id}/stop', { path: { id } })

/** Begins a hunt that was made to be started later. */
export const resumeHunt = (id: number) => call('post', '/api/velociraptor/hunts/{id}/resume', { path: { id } })

/** Lets endpoints that come online later answer until then. */
export const extendHunt = (id: number, expires: string) =>
  call('post', '/api/velociraptor/hunts/{id}/extend', { path: { id }, body: { expires } })

/** Collects once more from the endpoints that failed: those of one cause, or all. */
export const retryHunt = (id: number, cause?: string) =>
  call('post', '/api/velociraptor/hunts/{id}/errors/retry', { path: { id }, body: cause ? { cause } : {} })

/** All rows of a hunt that match, as a file. */
export const exportHuntRows = (id: number, filter: HuntRowQuery, format: 'csv' | 'ndjson') =>
  download('/api/velociraptor/hunts/{id}/results/export', { path: { id }, query: { ...filter, format } })
