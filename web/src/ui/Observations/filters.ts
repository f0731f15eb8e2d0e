import type { ObservationQuery } from '../../api/models'
import { endsOf } from '../Range/range'
import { sortFrom } from '../sort'

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

/** How the rows are sorted: newest first, by the time that is filtered. */
export function sortOf(params: URLSearchParams) {
  return sortFrom(
    params,
    ['collected_at', 'event_time'],
    params.get('time') === 'event' ? '-event_time' : '-collected_at',
  )
}

const whole = (text: string | null) => (/^[1-9]\d*$/.test(text ?? '') ? Number(text) : null)

/** What the address asks the server for. Ranges that end now count back from `now`, to the second. */
export function filterOf(params: URLSearchParams, now: number, hostId?: number): ObservationQuery {
  const text = (name: string) => params.get(name)?.trim() ?? ''
  const host = hostId ?? whole(params.get('host'))
  const source = whole(params.get('source_id'))
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
    ...endsOf(params, now),
  }
}
