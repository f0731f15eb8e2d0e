import type { StackQuery } from '../../api/models'
import { sortFrom } from '../../ui/sort'

/** What few hosts have comes first: that is what one looks for. */
export const sortOf = (params: URLSearchParams) => sortFrom(params, ['hosts', 'rows', 'value', 'first_seen'], 'hosts')

/** What the address asks for: null before a field is chosen. */
export function stackOf(params: URLSearchParams): StackQuery | null {
  const text = (name: string) => params.get(name)?.trim() ?? ''
  const field = text('field')
  if (!field) return null
  return {
    field,
    sort: sortOf(params),
    ...(text('source') ? { source: text('source') } : {}),
    ...(text('q') ? { q: text('q') } : {}),
  }
}
