import { queryOptions } from '@tanstack/react-query'
import { call, list } from '../api/call'
import type { HostBody, HostQuery, NewHost } from '../api/models'
import { keys } from './keys'
import { endless, pageSize } from './paging'

export const hostsQuery = (filter: HostQuery) =>
  endless([keys.hosts, filter], (cursor, signal) =>
    list('/api/hosts', { query: { ...filter, limit: pageSize, cursor }, signal }),
  )

/** The few hosts that match what was typed, for the palette. */
export const hostSearchQuery = (q: string) =>
  queryOptions({
    queryKey: [keys.hosts, 'search', q],
    queryFn: ({ signal }) => list('/api/hosts', { query: { q, limit: 8 }, signal }),
  })

export const hostQuery = (id: number) =>
  queryOptions({
    queryKey: [keys.hosts, id],
    queryFn: ({ signal }) => call('get', '/api/hosts/{id}', { path: { id }, signal }),
    placeholderData: undefined,
  })

export const observationsQuery = (id: number) =>
  endless([keys.hosts, id, 'observations'], (cursor, signal) =>
    list('/api/hosts/{id}/observations', { path: { id }, query: { limit: 100, cursor }, signal }),
  )

export const createHost = (body: NewHost) => call('post', '/api/hosts', { body })

export const updateHost = (id: number, body: HostBody) => call('patch', '/api/hosts/{id}', { path: { id }, body })

export const deleteHost = (id: number) => call('delete', '/api/hosts/{id}', { path: { id } })
