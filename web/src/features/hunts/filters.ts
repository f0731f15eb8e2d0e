import type { HuntQuery } from '../../api/models'
import { sortFrom } from '../../ui/sort'
import { statuses } from './state'

export const filterNames = ['q', 'status', 'artifact'] as const

/** How the address sorts the hunts: newest first. */
export const sortOf = (params: URLSearchParams) => sortFrom(params, ['created_at'], '-created_at')

/** What the address asks of the list of hunts. */
export function filterOf(params: URLSearchParams): HuntQuery {
  const text = (name: 'q' | 'artifact') => params.get(name)?.trim()
  const status = statuses.find((known) => known === params.get('status'))
  const q = text('q')
  const artifact = text('artifact')
  return {
    sort: sortOf(params),
    ...(q ? { q } : {}),
    ...(artifact ? { artifact } : {}),
    ...(status ? { status: [status] } : {}),
  }
}
