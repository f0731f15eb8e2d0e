import { queryOptions } from '@tanstack/react-query'
import { call, list } from '../api/call'
import { keys } from './keys'

/** The artifacts of the Velociraptor server that hold what was typed in their name or description. */
export const veloArtifactsQuery = (q: string) =>
  queryOptions({
    queryKey: [keys.veloArtifacts, 'search', q],
    queryFn: ({ signal }) =>
      list('/api/velociraptor/artifacts', { query: { ...(q ? { q } : {}), type: 'client', limit: 50 }, signal }),
    staleTime: 60_000,
  })

/** The definition of one artifact, with its parameters. */
export const veloArtifactQuery = (name: string) =>
  queryOptions({
    queryKey: [keys.veloArtifacts, 'one', name],
    queryFn: ({ signal }) => call('get', '/api/velociraptor/artifacts/{name}', { path: { name }, signal }),
    placeholderData: undefined,
    staleTime: 60_000,
  })
