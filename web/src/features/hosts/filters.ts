import type { HostQuery } from '../../api/models'
import { sortFrom } from '../../ui/sort'

/** How much a host matters, most first. */
export const criticalities = ['critical', 'high', 'medium', 'low'] as const

/** What a host's isolation may be, as the list filters it. */
export const isolations = ['none', 'pending', 'isolated', 'unverified', 'releasing', 'failed'] as const

const sorts = [
  'hostname',
  'threat_score',
  'os',
  'ip_address',
  'last_seen',
  'created_at',
  'criticality',
  'owner',
] as const

/** How the address sorts the hosts: most dangerous first. */
export const sortOf = (params: URLSearchParams) => sortFrom(params, sorts, '-threat_score')

/** What the address asks of the list of hosts. Values that make no sense are left out. */
export function filterOf(params: URLSearchParams): HostQuery {
  const score = Number(params.get('score_min'))
  const caseId = Number(params.get('case'))
  const text = ['q', 'os', 'label', 'owner'].flatMap((name) => {
    const value = params.get(name)?.trim()
    return value ? [[name, value]] : []
  })
  const criticality = criticalities.find((known) => known === params.get('criticality'))
  const isolation = isolations.find((known) => known === params.get('isolation'))
  return {
    sort: sortOf(params),
    ...Object.fromEntries(text),
    ...(criticality ? { criticality } : {}),
    ...(isolation ? { isolation } : {}),
    ...(score > 0 && score <= 1 ? { score_min: score } : {}),
    ...(params.get('online') === '1' ? { online: 'true' as const } : {}),
    ...(Number.isInteger(caseId) && caseId > 0 ? { case_id: caseId } : {}),
  }
}

/** The names of the filters in the address. */
export const filterNames = [
  'q',
  'os',
  'label',
  'score_min',
  'online',
  'criticality',
  'owner',
  'isolation',
  'case',
] as const

/** Whether anything narrows the list. */
export function isFiltered(params: URLSearchParams): boolean {
  return filterNames.some((name) => params.has(name))
}

/** What narrows the list, as one text: the sort does not, nor which host is looked at. */
export function filterKey(params: URLSearchParams): string {
  return JSON.stringify(filterNames.map((name) => params.get(name)))
}

/** Columns that are not shown before the person asks for them. */
const hiddenAtFirst = 'owner,isolation,client,created'

/** The columns the address hides; without a word about them, those few ask for. */
export function hiddenIn(params: URLSearchParams): ReadonlySet<string> {
  return new Set((params.get('hide') ?? hiddenAtFirst).split(','))
}
