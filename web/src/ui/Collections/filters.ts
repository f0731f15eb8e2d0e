import type { CollectionQuery } from '../../api/models'

/** The states one looks for. */
export const statuses = ['running', 'waiting', 'completed', 'failed', 'cancelled'] as const

/** What the address asks of the list of collections, of one host or of all. */
export function filterOf(params: URLSearchParams, hostId?: number): CollectionQuery {
  const status = statuses.find((known) => known === params.get('status'))
  const artifact = params.get('artifact')?.trim()
  return {
    ...(hostId === undefined ? {} : { host_id: hostId }),
    ...(status ? { status: [status] } : {}),
    ...(artifact ? { artifact } : {}),
  }
}

export const isFiltered = (params: URLSearchParams) => params.has('status') || params.has('artifact')
