/** Ranges of time that end now, in milliseconds. */
export const ranges = { hour: 3_600_000, day: 86_400_000, week: 7 * 86_400_000, month: 30 * 86_400_000 } as const
export type Range = keyof typeof ranges

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

/** What the range of the address asks the server for. Ranges that end now count back from `now`, to the second. */
export function endsOf(params: URLSearchParams, now: number): Partial<Record<'from' | 'to', string>> {
  const range = rangeOf(params)
  if (range === '') return {}
  if (range === 'custom') return { ...moment(params, 'from'), ...moment(params, 'to') }
  return { from: new Date(now - ranges[range]).toISOString().replace(/\.\d+Z/, 'Z') }
}
