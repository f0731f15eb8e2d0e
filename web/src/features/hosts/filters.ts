import type { HostQuery } from '../../api/models'
import { sortFrom } from '../../ui/sort'

/** How much a host matters, most first. */
export const criticalities = ['critical', 'high', 'medium', 'low'] as const

const sorts = ['hostname', 'threat_score', 'os', 'ip_address', 'last_seen'] as const

/** How the address sorts the hosts: most dangerous first. */
export const sortOf = (params: URLSearchParams) => sortFrom(params, sorts, '-threat_score')

/** What the address asks of the list of hosts. Values that make no sense are left out. */
export function filterOf(params: URLSearchParams): HostQuery {
  const score = Number(params.get('score_min'))
  return {
    sort: sortOf(params),
    ...(params.get('q') ? { q: params.get('q') ?? '' } : {}),
    ...(params.get('os') ? { os: params.get('os') ?? '' } : {}),
    ...(params.get('label') ? { label: params.get('label') ?? '' } : {}),
    ...(score > 0 && score <= 1 ? { score_min: score } : {}),
    ...(params.get('online') === '1' ? { online: 'true' as const } : {}),
  }
}

/** The names of the filters in the address. */
export const filterNames = ['q', 'os', 'label', 'score_min', 'online'] as const

/** Whether anything narrows the list. */
export function isFiltered(params: URLSearchParams): boolean {
  return filterNames.some((name) => params.has(name))
}

/** What narrows the list, as one text: the sort does not, nor which host is looked at. */
export function filterKey(params: URLSearchParams): string {
  return JSON.stringify(filterNames.map((name) => params.get(name)))
}

/** Columns that are not shown before the person asks for them. */
const hiddenAtFirst = 'isolation,owner,firstSeen'

/** The columns the address hides; without a word about them, those few ask for. */
export function hiddenIn(params: URLSearchParams): ReadonlySet<string> {
  return new Set((params.get('hide') ?? hiddenAtFirst).split(','))
}
