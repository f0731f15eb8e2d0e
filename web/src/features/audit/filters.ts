import type { AuditQuery } from '../../api/models'

export const outcomes = ['success', 'failure', 'denied'] as const
export const ranges = { hour: 3_600_000, day: 86_400_000, week: 7 * 86_400_000, month: 30 * 86_400_000 } as const
type Range = keyof typeof ranges

/** The kinds of objects the log tells of, in the order they are offered. */
export const objectTypes = [
  'user',
  'tenant',
  'host',
  'case',
  'artifact',
  'playbook',
  'execution',
  'session',
  'api_key',
  'event',
] as const

/** What filters the log in the address. */
export const filterNames = ['q', 'actor', 'action', 'type', 'id', 'outcome', 'range', 'from', 'to'] as const

export const isFiltered = (params: URLSearchParams) => filterNames.some((name) => params.has(name))

/** The range the address asks for; `custom` has its own ends. */
export function rangeOf(params: URLSearchParams): Range | 'custom' | '' {
  const wanted = params.get('range') ?? ''
  if (wanted in ranges) return wanted as Range
  return wanted === 'custom' || params.has('from') || params.has('to') ? 'custom' : ''
}

function moment(params: URLSearchParams, name: 'from' | 'to'): Partial<Record<'from' | 'to', string>> {
  const at = Date.parse(params.get(name) ?? '')
  return Number.isNaN(at) ? {} : { [name]: new Date(at).toISOString() }
}

/** What the address asks the server for. Ranges that end now count back from `now`, to the second. */
export function filterOf(params: URLSearchParams, now: number): AuditQuery {
  const range = rangeOf(params)
  const since = range in ranges ? new Date(now - ranges[range as Range]).toISOString().replace(/\.\d+Z/, 'Z') : null
  const outcome = outcomes.find((known) => known === params.get('outcome'))
  const text = (name: string) => params.get(name)?.trim() ?? ''
  const plain = {
    q: text('q'),
    username: text('actor'),
    action: text('action'),
    resource_type: text('type'),
    resource_id: text('id'),
  }
  return {
    ...Object.fromEntries(Object.entries(plain).filter(([, value]) => value !== '')),
    ...(outcome ? { outcome } : {}),
    ...(since ? { from: since } : {}),
    ...(range === 'custom' ? { ...moment(params, 'from'), ...moment(params, 'to') } : {}),
  }
}
