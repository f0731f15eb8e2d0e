import type { ObservationQuery } from '../../api/models'
import { sortFrom } from '../sort'

export const ranges = { hour: 3_600_000, day: 86_400_000, week: 7 * 86_400_000, month: 30 * 86_400_000 } as const
type Range = keyof typeof ranges

/** What filters the rows in the address. */
export const filterNames = [
  'q',
  'host',
  'source',
  'source_id',
  'field',
  'value',
  'time',
  'range',
  'from',
  'to',
] as const

export const isFiltered = (params: URLSearchParams) => filterNames.some((name) => params.has(name))

/** The range the address asks for; `custom` has its own ends. */
export function rangeOf(params: URLSearchParams): Range | 'custom' | '' {
  const wanted = params.get('range') ?? ''
  if (wanted in ranges) return wanted as Range
  return wanted === 'custom' || params.has('from') || params.has('to') ? 'custom' : ''
}

/** How the rows are sorted: newest first, by the time that is filtered. */
export function sortOf(params: URLSearchParams) {
  return sortFrom(
    params,
    ['collected_at', 'event_time'],
    params.get('time') === 'event' ? '-event_time' : '-collected_at',
  )
}

function moment(params: URLSearchParams, name: 'from' | 'to'): Partial<Record<'from' | 'to', string>> {
  const at = Date.parse(params.get(name) ?? '')
  return Number.isNaN(at) ? {} : { [name]: new Date(at).toISOString() }
}

const whole = (text: string | null) => (/^[1-9]\d*$/.test(text ?? '') ? Number(text) : null)

/** What the address asks the server for. Ranges that end now count back from `now`, to the second. */
export function filterOf(params: URLSearchParams, now: number, hostId?: number): ObservationQuery {
  const range = rangeOf(params)
  const text = (name: string) => params.get(name)?.trim() ?? ''
  const host = hostId ?? whole(params.get('host'))
  const source = whole(params.get('source_id'))
  const since = range in ranges ? new Date(now - ranges[range as Range]).toISOString().replace(/\.\d+Z/, 'Z') : null
  // A value without its field, and a field without a value, say nothing yet.
  const pair = text('field') && text('value') ? { field: text('field'), value: text('value') } : {}
  return {
    sort: sortOf(params),
    ...(host ? { host_id: host } : {}),
    ...(source ? { source_id: source } : {}),
    ...(text('source') ? { source: text('source') } : {}),
    ...(text('q') ? { q: text('q') } : {}),
    ...pair,
    ...(params.get('time') === 'event' ? { time: 'event' as const } : {}),
    ...(since ? { from: since } : {}),
    ...(range === 'custom' ? { ...moment(params, 'from'), ...moment(params, 'to') } : {}),
  }
}
