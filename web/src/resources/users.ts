import { queryOptions } from '@tanstack/react-query'
import { call, list } from '../api/call'
import type { NewUser, UserBody, UserQuery } from '../api/models'
import { keys } from './keys'
import { endless, pageSize } from './paging'

/** Everybody a case can be given to. */
export const peopleQuery = queryOptions({
  queryKey: [keys.users],
  queryFn: ({ signal }) => call('get', '/api/users', { query: { limit: 500 }, signal }),
  staleTime: 5 * 60_000,
})

export const usersQuery = (filter: UserQuery) =>
  endless([keys.users, filter], (cursor, signal) =>
    list('/api/users', { query: { ...filter, limit: pageSize, cursor }, signal }),
  )

export const userQuery = (id: number) =>
  queryOptions({
    queryKey: [keys.users, id],
    queryFn: ({ signal }) => call('get', '/api/users/{id}', { path: { id }, signal }),
    placeholderData: undefined,
  })

/** Makes a user. Without a password that is an invitation: by mail, or by a link in the answer. */
export const createUser = (body: NewUser) => call('post', '/api/users', { body })

export const updateUser = (id: number, body: UserBody) => call('patch', '/api/users/{id}', { path: { id }, body })

export const deleteUser = (id: number) => call('delete', '/api/users/{id}', { path: { id } })

export const inviteAgain = (id: number) => call('post', '/api/users/{id}/invite', { path: { id } })

export const unlockUser = (id: number) => call('post', '/api/users/{id}/unlock', { path: { id } })

/** Takes the second factor and the recovery codes away. */
export const resetSecondFactor = (id: number) => call('post', '/api/users/{id}/reset-2fa', { path: { id } })

export const endUserSessions = (id: number) => call('delete', '/api/users/{id}/sessions', { path: { id } })
