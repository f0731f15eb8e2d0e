import { queryOptions } from '@tanstack/react-query'
import { call } from '../api/call'
import type { CallbacksMade, CallbacksWish, ConnectionBody, ConnectionPatch, IsolationNever } from '../api/models'
import { Problem } from '../api/problem'
import { keys } from './keys'

/** The tenant's connection to its Velociraptor server; null when there is none. */
export const connectionQuery = queryOptions({
  queryKey: [keys.connection],
  queryFn: async ({ signal }) => {
    try {
      return await call('get', '/api/velociraptor/config', { signal })
    } catch (error) {
      if (error instanceof Problem && error.status === 404) return null
      throw error
    }
  },
})

/** Saves a connection that passes its checks. The one before serves until then. */
export const saveConnection = (body: ConnectionBody) => call('post', '/api/velociraptor/config', { body, timeout: 0 })

export const updateConnection = (body: ConnectionPatch) => call('patch', '/api/velociraptor/config', { body })

/** Checks a connection line by line: the one given, or without one the one that is saved. */
export const testConnection = (body: ConnectionBody) =>
  call('post', '/api/velociraptor/config/test', { body, timeout: 0 })

export const deleteConnection = () => call('delete', '/api/velociraptor/config', {})

/** Has the hosts compared with the server's clients now. */
export const syncNow = () => call('post', '/api/velociraptor/sync', {})

/** How far the hosts are in step with the server's clients. The socket tells of changes; this is for what it misses. */
export const syncQuery = queryOptions({
  queryKey: [keys.connection, 'sync'],
  queryFn: ({ signal }) => call('get', '/api/velociraptor/sync', { signal }),
  refetchInterval: ({ state }) => (state.data?.pass ? 5_000 : 30_000),
})

/** Whether the server calls us. */
export const callbacksQuery = queryOptions({
  queryKey: [keys.connection, 'callbacks'],
  queryFn: ({ signal }) => call('get', '/api/velociraptor/callbacks', { signal }),
})

/** Gives callbacks a new address and key and brings them to the server, or leaves that to a person. */
export const installCallbacks = async (body: CallbacksWish) =>
  (await call('post', '/api/velociraptor/callbacks/install', { body, timeout: 0 })) as CallbacksMade

export const removeCallbacks = () => call('delete', '/api/velociraptor/callbacks/install', { timeout: 0 })

export const isolationRulesQuery = queryOptions({
  queryKey: [keys.connection, 'isolation-rules'],
  queryFn: ({ signal }) => call('get', '/api/velociraptor/isolation-rules', { signal }),
})

export const saveIsolationRules = (never: IsolationNever) =>
  call('put', '/api/velociraptor/isolation-rules', { body: { never } })
