import { queryOptions } from '@tanstack/react-query'
import { call, list } from '../api/call'
import type { ExecutionQuery, PlaybookQuery } from '../api/models'
import { keys } from './keys'
import { endless, pageSize } from './paging'

export const playbooksQuery = (filter: PlaybookQuery) =>
  endless([keys.playbooks, filter], (cursor, signal) =>
    list('/api/playbooks', { query: { ...filter, limit: pageSize, cursor }, signal }),
  )

export const playbookQuery = (id: number) =>
  queryOptions({
    queryKey: [keys.playbooks, id],
    queryFn: ({ signal }) => call('get', '/api/playbooks/{id}', { path: { id }, signal }),
    placeholderData: undefined,
  })

export const libraryQuery = queryOptions({
  queryKey: [keys.playbooks, 'library'],
  queryFn: ({ signal }) => call('get', '/api/playbooks/library', { signal }),
  staleTime: Number.POSITIVE_INFINITY,
})

export const executionsQuery = (filter: ExecutionQuery) =>
  endless([keys.executions, filter], (cursor, signal) =>
    list('/api/playbooks/executions', { query: { ...filter, limit: pageSize, cursor }, signal }),
  )

export const executionQuery = (id: number) =>
  queryOptions({
    queryKey: [keys.executions, id],
    queryFn: ({ signal }) => call('get', '/api/playbooks/executions/{id}', { path: { id }, signal }),
    placeholderData: undefined,
  })

export const createPlaybook = (source: string) => call('post', '/api/playbooks', { body: { source } })

export const savePlaybook = (id: number, source: string) =>
  call('put', '/api/playbooks/{id}', { path: { id }, body: { source } })

export const setPlaybookEnabled = (id: number, enabled: boolean) =>
  call('patch', '/api/playbooks/{id}', { path: { id }, body: { enabled } })

export const deletePlaybook = (id: number) => call('delete', '/api/playbooks/{id}', { path: { id } })

export const validatePlaybook = (source: string, signal?: AbortSignal) =>
  call('post', '/api/playbooks/validate', { body: { source }, signal })

/** Starts a run. The key makes a second press of the button, or a repeated request, the same run. */
export const executePlaybook = (id: number, inputs: Record<string, unknown>, key: string) =>
  call('post', '/api/playbooks/{id}/execute', { path: { id }, body: { inputs }, headers: { 'Idempotency-Key': key } })

export const cancelExecution = (id: number) => call('post', '/api/playbooks/executions/{id}/cancel', { path: { id } })

/** Gets the cookie that opens the Temporal Web UI. */
export const openTemporalSession = () => call('post', '/api/temporal/session', {})
