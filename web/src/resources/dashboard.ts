import { queryOptions } from '@tanstack/react-query'
import { call } from '../api/call'
import { keys } from './keys'

export const dashboardQuery = queryOptions({
  queryKey: [keys.dashboard],
  queryFn: ({ signal }) => call('get', '/api/dashboard', { signal }),
  refetchInterval: 60_000,
})
