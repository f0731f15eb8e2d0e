import { queryOptions } from '@tanstack/react-query'
import { call } from '../api/call'
import { keys } from './keys'

export const dashboardQuery = queryOptions({
  queryKey: [keys.dashboard],
  queryFn: ({ signal }) => call('get', '/api/dashboard', { signal }),
  refetchInterval: 60_000,
})

/** Whether the tenant has a Velociraptor server to ask; undefined until that is known. */
export const connectedQuery = queryOptions({
  queryKey: [keys.dashboard],
  queryFn: dashboardQuery.queryFn,
  select: ({ connected }) => connected,
})
