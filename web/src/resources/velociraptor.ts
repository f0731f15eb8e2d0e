import { queryOptions } from '@tanstack/react-query'
import { call } from '../api/call'
import type { Connection, ConnectionBody, ConnectionPatch, IsolationRules } from '../api/models'
import { Problem } from '../api/problem'
import { keys } from './keys'

/** The tenant's connection to its Velociraptor server; null when there is none. */
export const connectionQuery = queryOptions({
  queryKey: [keys.connection],
  queryFn: async ({ signal }): Promise<Connection | null> => {
    try {
      return await call('get', '/api/velociraptor/config', { signal })
    } catch (error) {
      if (error instanceof Problem && error.status === 404) return null
      throw error
    }
  },
})

/** Saves a connection that passes its checks. The one before serves until then. */
export const saveConnection = (body: ConnectionBody) =>
  call('post', '/api/velociraptor/config', {
    body: body as never,
    timeout: 0,
  }) as Promise<unknown> as Promise<Connection>

export const updateConnection = (body: ConnectionPatch) =>
  call('patch', '/api/velociraptor/config', { body: body as never })

/** Checks a connection line by line: the one given, or without one the one that is saved. */
export const testConnection = (body: ConnectionBody) =>
  call('post', '/api/velociraptor/config/test', { body: body as never, timeout: 0 })

export const deleteConnection = () => call('delete', '/api/velociraptor/config', {})

/** Has the hosts compared with the server's clients now. */
export const syncNow = () => call('post', '/api/velociraptor/sync', {})

/** Writes our artifact to the server and turns it on, with a new key. */
export const installCallbacks = () => call('post', '/api/velociraptor/callbacks/install', { timeout: 0 })

export const removeCallbacks = () => call('delete', '/api/velociraptor/callbacks/install', { timeout: 0 })

/** What somebody does who may not let us install: the artifact's text and the steps. */
export const manualQuery = queryOptions({
  queryKey: [keys.connection, 'manual'],
  queryFn: ({ signal }) => call('get', '/api/velociraptor/callbacks/manual', { signal }),
  placeholderData: undefined,
  staleTime: 0,
})

export const isolationRulesQuery = queryOptions({
  queryKey: [keys.connection, 'isolation-rules'],
  queryFn: ({ signal }) => call('get', '/api/velociraptor/isolation-rules', { signal }),
})

export const saveIsolationRules = (body: IsolationRules) => call('put', '/api/velociraptor/isolation-rules', { body })
