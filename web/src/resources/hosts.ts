import { queryOptions } from '@tanstack/react-query'
import { call, list, versioned } from '../api/call'
import type { HostBody, HostField, HostQuery, NewHost, NewHostField, TimelineEntry } from '../api/models'
import { keys } from './keys'
import { endless, everyRow, pageSize } from './paging'

export const hostsQuery = (filter: HostQuery) =>
  endless([keys.hosts, filter], (cursor, signal) =>
    list('/api/hosts', { query: { ...filter, limit: pageSize, cursor }, signal }),
  )

/** All hosts that match, as far as twenty pages go. */
export const everyHost = (filter: HostQuery) =>
  everyRow((cursor) => list('/api/hosts', { query: { ...filter, limit: 500, cursor } }))

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

/** A host as it stands now, to be changed against that version. */
export const hostVersion = (id: number) => versioned('/api/hosts/{id}', { path: { id } })

export const hostTimelineQuery = (id: number, kinds: readonly TimelineEntry['kind'][]) =>
  endless([keys.hosts, id, 'timeline', kinds], (cursor, signal) =>
    list('/api/hosts/{id}/timeline', {
      path: { id },
      query: { ...(kinds.length > 0 ? { kinds: [...kinds] } : {}), limit: 50, cursor },
      signal,
    }),
  )

/** Hosts that may be the same machine. */
export const duplicatesQuery = (id: number) =>
  queryOptions({
    queryKey: [keys.hosts, id, 'duplicates'],
    queryFn: ({ signal }) => call('get', '/api/hosts/{id}/duplicates', { path: { id }, signal }),
    placeholderData: undefined,
  })

/** What a merge would move. */
export const mergePreviewQuery = (id: number, from: number[]) =>
  queryOptions({
    queryKey: [keys.hosts, id, 'merge', from],
    queryFn: ({ signal }) =>
      call('post', '/api/hosts/{id}/merge', { path: { id }, body: { from_ids: from, dry_run: true }, signal }),
    enabled: from.length > 0,
    placeholderData: undefined,
    staleTime: 0,
  })

/** Makes other hosts part of this one: what they have moves, and they are gone. */
export const mergeHosts = (id: number, from: number[]) =>
  call('post', '/api/hosts/{id}/merge', { path: { id }, body: { from_ids: from } })

/** The tenant's own fields of hosts. */
export const hostFieldsQuery = queryOptions({
  queryKey: [keys.hostFields],
  queryFn: ({ signal }) => call('get', '/api/hosts/fields', { signal }),
  staleTime: 60_000,
})

export const createHostField = (body: NewHostField) => call('post', '/api/hosts/fields', { body })

export const updateHostField = (id: number, body: Partial<Pick<HostField, 'label' | 'options'>>) =>
  call('patch', '/api/hosts/fields/{id}', { path: { id }, body })

export const deleteHostField = (id: number) => call('delete', '/api/hosts/fields/{id}', { path: { id } })

export const createHost = (body: NewHost) => call('post', '/api/hosts', { body })

/** Changes a host; with a version, only if nobody changed it since. */
export const updateHost = (id: number, body: HostBody, version?: string) =>
  call('patch', '/api/hosts/{id}', { path: { id }, body, headers: version ? { 'If-Match': version } : undefined })

export const deleteHost = (id: number) => call('delete', '/api/hosts/{id}', { path: { id } })

/** What was done to cut a host off the network and to let it back, newest first. */
export const isolationsQuery = (id: number) =>
  queryOptions({
    queryKey: [keys.hosts, id, 'isolations'],
    queryFn: ({ signal }) => list('/api/hosts/{id}/isolations', { path: { id }, query: { limit: 20 }, signal }),
    placeholderData: undefined,
  })

/** Cuts a host off the network, but for its Velociraptor server, or lets it back. The answer is the work begun. */
export const isolateHost = (id: number, reason: string, confirm: string) =>
  call('post', '/api/hosts/{id}/isolate', { path: { id }, body: { reason, confirm } })

export const releaseHost = (id: number, reason: string, confirm: string) =>
  call('post', '/api/hosts/{id}/release', { path: { id }, body: { reason, confirm } })

/** Calls an order to isolate or to release off: what the endpoint has not begun leaves nothing. */
export const cancelIsolation = (id: number) =>
  call('post', '/api/velociraptor/isolations/{id}/cancel', { path: { id } })

/** The other names and client ids under which a host reported, each with why it is the same machine. */
export const hostAliasesQuery = (id: number) =>
  queryOptions({
    queryKey: [keys.hosts, id, 'aliases'],
    queryFn: ({ signal }) => call('get', '/api/hosts/{id}/aliases', { path: { id }, signal }),
    placeholderData: undefined,
  })

/** Forgets an alias: who has it is a host of its own from then on. */
export const forgetAlias = (id: number, alias: number) =>
  call('delete', '/api/hosts/{id}/aliases/{alias_id}', { path: { id, alias_id: alias } })
