import { queryOptions } from '@tanstack/react-query'
import { call, download, list } from '../api/call'
import type { AuditQuery } from '../api/models'
import { keys } from './keys'
import { endless } from './paging'

export const auditQuery = (filter: AuditQuery) =>
  endless([keys.audit, filter], (cursor, signal) =>
    list('/api/audit', { query: { ...filter, sort: '-created_at', limit: 100, cursor }, signal }),
  )

export const auditEntryQuery = (id: number) =>
  queryOptions({
    queryKey: [keys.audit, id],
    queryFn: ({ signal }) => call('get', '/api/audit/{id}', { path: { id }, signal }),
    placeholderData: undefined,
    // A line never changes.
    staleTime: Number.POSITIVE_INFINITY,
  })

/** How many lines there are, about. */
export const auditSizeQuery = queryOptions({
  queryKey: [keys.audit, 'size'],
  queryFn: async ({ signal }) => (await list('/api/audit', { query: { limit: 1 }, signal })).total,
})

/** All lines that match, as a file. */
export const exportAudit = (filter: AuditQuery, format: 'csv' | 'json') =>
  download('/api/audit/export', { query: { ...filter, format } })

/** Checks the whole chain, which takes as long as the trail is long. */
export const verifyAudit = () => call('get', '/api/audit/verify', { timeout: 0 })
