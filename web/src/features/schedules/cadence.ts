import { fieldOf, momentOf } from '../../ui/time'

export const kinds = ['hours', 'daily', 'weekly', 'monthly', 'span', 'cron'] as const
export type Kind = (typeof kinds)[number]

/** Spans of hours that begin anew at midnight. */
export const everyHours = [1, 2, 3, 4, 6, 8, 12] as const

/** When a schedule fires, as its form asks for it. */
export interface Cadence {
  kind: Kind
  hours: number
  /** HH:MM. */
  time: string
  /** 0 is Sunday. */
  weekdays: number[]
  /** Of the month. */
  day: number
  cron: string
  /** As the server writes spans: 30m, 6h, 1d, 2w. */
  span: string
}

export const firstCadence: Cadence = {
  kind: 'daily',
  hours: 6,
  time: '06:00',
  weekdays: [1],
  day: 1,
  cron: '0 6 * * *',
  span: '6h',
}

/** Whether a text is a span the server takes: up to a year. */
export function isSpan(text: string): boolean {
  const [, count, unit = ''] = /^(\d+)([smhdw])$/.exec(text.trim()) ?? []
  const seconds = Number(count) * ({ s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 }[unit] ?? Number.NaN)
  return seconds > 0 && seconds <= 366 * 86_400
}

/** The cadence as the five fields of cron; empty for a span, which cron has no words for. */
export function cronOf({ kind, hours, time, weekdays, day, cron }: Cadence): string {
  const [hour = 0, minute = 0] = time.split(':').map(Number)
  switch (kind) {
    case 'hours':
      return hours === 1 ? '0 * * * *' : `0 */${hours} * * *`
    case 'daily':
      return `${minute} ${hour} * * *`
    case 'weekly':
      return `${minute} ${hour} * * ${weekdays.toSorted().join(',')}`
    case 'monthly':
      return `${minute} ${hour} ${day} * *`
    case 'span':
      return ''
    default:
      return cron.trim().replace(/\s+/g, ' ')
  }
}

/** The form's words for a cron expression; what it has none for stays cron. */
export function cadenceOf(cron: string): Cadence {
  const text = cron.trim()
  const custom: Cadence = { ...firstCadence, kind: 'cron', cron: text }
  const hours = /^0 \*(?:\/(\d+))? \* \* \*$/.exec(text)
  if (hours) {
    const every = Number(hours[1] ?? 1)
    return everyHours.some((known) => known === every) ? { ...custom, kind: 'hours', hours: every } : custom
  }
  const at = /^(\d{1,2}) (\d{1,2}) (\d{1,2}|\*) \* (\*|[0-6](?:,[0-6])*)$/.exec(text)
  if (!at || schedule(text) === null) return custom
  const [, minute = '', hour = '', day = '', weekdays = ''] = at
  const timed = { ...custom, time: `${hour.padStart(2, '0')}:${minute.padStart(2, '0')}` }
  if (day === '*' && weekdays === '*') return { ...timed, kind: 'daily' }
  if (day === '*') return { ...timed, kind: 'weekly', weekdays: weekdays.split(',').map(Number) }
  return weekdays === '*' ? { ...timed, kind: 'monthly', day: Number(day) } : custom
}

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
const days = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat']

interface Times {
  minutes: Set<number>
  hours: Set<number>
  days: Set<number>
  months: Set<number>
  weekdays: Set<number>
  /** Days of the month and weekdays both limit: either is enough. */
  either: boolean
}

/** The values one field of a cron expression stands for, or null when it makes no sense. */
function field(text: string, from: number, to: number, names: string[] = []): Set<number> | null {
  const found = new Set<number>()
  const number = (word: string) => {
    const named = names.indexOf(word.toLowerCase())
    return named >= 0 ? named + from : /^\d+$/.test(word) ? Number(word) : Number.NaN
  }
  for (const part of text.split(',')) {
    const [range = '', step = '1', ...rest] = part.split('/')
    const [low = '', high, ...more] = range.split('-')
    const first = low === '*' ? from : number(low)
    const last = low === '*' ? to : high !== undefined ? number(high) : part.includes('/') ? to : first
    const by = Number(step)
    const sound = rest.length + more.length === 0 && first >= from && last <= to && first <= last && by >= 1
    if (!sound || !Number.isInteger(by)) return null
    for (let value = first; value <= last; value += by) found.add(value)
  }
  return found
}

/** What a cron expression of five fields stands for, or null when it is none. */
export function schedule(cron: string): Times | null {
  const [minute, hour, day, month, weekday, ...more] = cron.trim().split(/\s+/)
  if (!minute || !hour || !day || !month || !weekday || more.length > 0) return null
  const [minutes, hours] = [field(minute, 0, 59), field(hour, 0, 23)]
  const [ofMonth, inYear] = [field(day, 1, 31), field(month, 1, 12, months)]
  const ofWeek = field(weekday.replace(/\b7\b/g, '0'), 0, 6, days)
  if (!minutes || !hours || !ofMonth || !inYear || !ofWeek) return null
  return { minutes, hours, days: ofMonth, months: inYear, weekdays: ofWeek, either: day !== '*' && weekday !== '*' }
}

const dayLong = 86_400_000
/** A 29 February may be eight years away. */
const farthest = 366 * 8

/** The next times a cron expression fires in a zone, as moments; empty when it is none, or never does. */
export function nextRuns(cron: string, zone: string, now: number, count: number): string[] {
  const times = schedule(cron)
  if (!times) return []
  const found: string[] = []
  // Days are counted as the zone's own calendar has them.
  const today = Date.parse(`${fieldOf(new Date(now).toISOString(), zone).slice(0, 10)}T00:00:00Z`)
  for (let day = 0; day < farthest && found.length < count; day += 1) {
    const date = new Date(today + day * dayLong)
    if (!onDay(times, date)) continue
    for (const moment of momentsOf(times, date.toISOString().slice(0, 10), zone)) {
      if (Date.parse(moment) > now && found.length < count) found.push(moment)
    }
  }
  return found
}

function onDay(times: Times, date: Date): boolean {
  if (!times.months.has(date.getUTCMonth() + 1)) return false
  const ofMonth = times.days.has(date.getUTCDate())
  const ofWeek = times.weekdays.has(date.getUTCDay())
  return times.either ? ofMonth || ofWeek : ofMonth && ofWeek
}

/** The moments of one day; a time that the change of clocks leaves out has none. */
function momentsOf({ hours, minutes }: Times, date: string, zone: string): string[] {
  const two = (value: number) => String(value).padStart(2, '0')
  return [...hours]
    .toSorted((a, b) => a - b)
    .flatMap((hour) =>
      [...minutes]
        .toSorted((a, b) => a - b)
        .flatMap((minute) => {
          const wall = `${date}T${two(hour)}:${two(minute)}`
          const moment = momentOf(wall, zone)
          return moment && fieldOf(moment, zone) === wall ? [moment] : []
        }),
    )
}
