import { queryOptions } from '@tanstack/react-query'
import { call, download, list } from '../api/call'
import type { Collection, CollectionQuery, NewCollection } from '../api/models'
import { keys } from './keys'
import { endless } from './paging'

const over: readonly Collection['status'][] = ['completed', 'failed', 'cancelled']

/** Whether nothing more will happen to a collection by itself. */
export const isCollected = ({ status }: Pick<Collection, 'status'>) => over.includes(status)

export const collectionsQuery = (filter: CollectionQuery) =>
  endless([keys.collections, filter], (cursor, signal) =>
    list('/api/velociraptor/collections', { query: { ...filter, limit: 100, cursor }, signal }),
  )

/** One collection. The socket tells of its progress; asking now and then covers for a socket that is down. */
export const collectionQuery = (id: number) =>
  queryOptions({
    queryKey: [keys.collections, id],
    queryFn: ({ signal }) => call('get', '/api/velociraptor/collections/{id}', { path: { id }, signal }),
    placeholderData: undefined,
    refetchInterval: ({ state }) => (state.data && !isCollected(state.data) ? 5_000 : false),
  })

/** Its rows, in the order they came in. */
export const collectedRowsQuery = (id: number, q = '') =>
  endless([keys.collections, id, 'rows', q], (cursor, signal) =>
    list('/api/velociraptor/collections/{id}/results', {
      path: { id },
      query: { ...(q ? { q } : {}), limit: 100, cursor },
      signal,
    }),
  )

export const exportCollected = (id: number, format: 'csv' | 'ndjson') =>
  download('/api/velociraptor/collections/{id}/results/export', { path: { id }, query: { format } })

/** The files the endpoint sent along. */
export const collectedFilesQuery = (id: number) =>
  queryOptions({
    queryKey: [keys.collections, id, 'files'],
    queryFn: ({ signal }) => list('/api/velociraptor/collections/{id}/files', { path: { id }, signal }),
    placeholderData: undefined,
  })

export const downloadCollected = (id: number, file: number) =>
  download('/api/velociraptor/collections/{id}/files/{file_id}', { path: { id, file_id: file } })

/** Starts a collection. The key makes a second press of the button, or a repeated request, the same one. */
export const collect = (body: NewCollection, key: string) =>
  call('post', '/api/velociraptor/collect', { body, headers: { 'Idempotency-Key': key } })

export const cancelCollection = (id: number) =>
  call('post', '/api/velociraptor/collections/{id}/cancel', { path: { id } })

export const retryCollection = (id: number) =>
  call('post', '/api/velociraptor/collections/{id}/retry', { path: { id } })
