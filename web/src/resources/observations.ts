import { queryOptions } from '@tanstack/react-query'
import { download, list } from '../api/call'
import type { ObservationQuery, StackQuery } from '../api/models'
import { keys } from './keys'
import { endless } from './paging'

export const observationsQuery = (filter: ObservationQuery) =>
  endless([keys.observations, filter], (cursor, signal) =>
    list('/api/observations', { query: { ...filter, limit: 100, cursor }, signal }),
  )

/** The sources whose name holds what was typed, newest first. */
export const sourcesQuery = (name: string) =>
  queryOptions({
    queryKey: [keys.observations, 'sources', name],
    queryFn: ({ signal }) => list('/api/sources', { query: { ...(name ? { name } : {}), limit: 50 }, signal }),
    staleTime: 60_000,
  })

/** The fields whose values are counted. */
export const fieldsQuery = (source: string) =>
  queryOptions({
    queryKey: [keys.observations, 'fields', source],
    queryFn: ({ signal }) =>
      list('/api/observations/fields', { query: { ...(source ? { source } : {}), limit: 200 }, signal }),
    staleTime: 60_000,
  })

/** Every value of a field, with how many hosts and rows have it. */
export const stackQuery = (filter: StackQuery) =>
  endless([keys.observations, 'stack', filter], (cursor, signal) =>
    list('/api/observations/stack', { query: { ...filter, limit: 200, cursor }, signal }),
  )

/** The hosts that have a value. */
export const stackHostsQuery = (field: string, value: string, source: string) =>
  endless([keys.observations, 'stack-hosts', field, value, source], (cursor, signal) =>
    list('/api/observations/stack/hosts', {
      query: { field, value, ...(source ? { source } : {}), limit: 100, cursor },
      signal,
    }),
  )

/** Every row that matches, as a file. */
export const exportObservations = ({ sort: _, ...filter }: ObservationQuery, format: 'csv' | 'ndjson') =>
  download('/api/observations/export', { query: { ...filter, format } })
