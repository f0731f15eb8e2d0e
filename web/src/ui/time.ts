import { useEffect, useState, useSyncExternalStore } from 'react'
import { usePreferences } from '../app/preferences'

let now = Date.now()
let timer: ReturnType<typeof setInterval> | undefined
const watchers = new Set<() => void>()

function watch(watcher: () => void): () => void {
  watchers.add(watcher)
  timer ??= setInterval(() => {
    now = Date.now()
    for (const each of watchers) each()
  }, 5_000)
  return () => {
    watchers.delete(watcher)
    if (watchers.size === 0) {
      clearInterval(timer)
      timer = undefined
    }
  }
}

/** The present in milliseconds, one clock for the whole screen, moved on every five seconds. */
export function useNow(): number {
  return useSyncExternalStore(watch, () => now)
}

/** Whole seconds since a moment, while something is watched that takes long. */
export function useSeconds(since: number): number {
  const [seconds, setSeconds] = useState(0)
  useEffect(() => {
    const timer = setInterval(() => setSeconds(Math.floor((Date.now() - since) / 1000)), 1_000)
    return () => clearInterval(timer)
  }, [since])
  return seconds
}

const steps: [Intl.RelativeTimeFormatUnit, number][] = [
  ['year', 31_536_000],
  ['month', 2_592_000],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
]

/** How long ago (or ahead) a moment is, in the fewest letters; null within a minute. */
export function relative(moment: number, present: number, language: string): string | null {
  const seconds = Math.round((moment - present) / 1000)
  for (const [unit, size] of steps) {
    if (Math.abs(seconds) >= size) {
      const format = new Intl.RelativeTimeFormat(language, { style: 'narrow', numeric: 'always' })
      return format.format(Math.trunc(seconds / size), unit)
    }
  }
  return null
}

/** A span of milliseconds in its two largest units: 850 ms, 41 s, 3 m 5 s, 2 h 10 m. */
export function duration(milliseconds: number): string {
  if (milliseconds < 1000) return `${Math.max(0, Math.round(milliseconds))} ms`
  const seconds = Math.round(milliseconds / 1000)
  if (seconds < 10) return `${(milliseconds / 1000).toFixed(1)} s`
  if (seconds < 60) return `${seconds} s`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return `${minutes} m ${seconds % 60} s`
  const hours = Math.floor(minutes / 60)
  if (hours < 24) return `${hours} h ${minutes % 60} m`
  return `${Math.floor(hours / 24)} d ${hours % 24} h`
}

/** The language for Intl: the pseudo-locale formats as English. */
export function intlLanguage(language: string): string {
  return language === 'en-XA' ? 'en' : language
}

/** Formats moments in the zone the person chose: 24 h, with seconds and the zone's name when exact. */
export function useTimeFormat(): {
  exact: (moment: string | number) => string
  clock: (moment: string | number) => string
  hourMinute: (moment: string | number) => string
  day: (moment: string | number) => string
  stamp: (moment: string | number) => string
} {
  const { timeZone, language } = usePreferences()
  const zone = timeZone === 'local' ? undefined : timeZone
  const tongue = intlLanguage(language)
  return {
    exact: (moment) =>
      new Intl.DateTimeFormat(tongue, {
        timeZone: zone,
        year: 'numeric',
        month: 'short',
        day: 'numeric',
        hour: '2-digit',
        minute: '2-digit',
        second: '2-digit',
        hourCycle: 'h23',
        timeZoneName: 'short',
      }).format(new Date(moment)),
    clock: (moment) =>
      new Intl.DateTimeFormat(tongue, {
        timeZone: zone,
        hour: '2-digit',
        minute: '2-digit',
        second: '2-digit',
        hourCycle: 'h23',
      }).format(new Date(moment)),
    hourMinute: (moment) =>
      new Intl.DateTimeFormat(tongue, {
        timeZone: zone,
        hour: '2-digit',
        minute: '2-digit',
        hourCycle: 'h23',
      }).format(new Date(moment)),
    stamp: (moment) =>
      new Intl.DateTimeFormat(tongue, {
        timeZone: zone,
        year: new Date(moment).getFullYear() === new Date().getFullYear() ? undefined : '2-digit',
        month: 'short',
        day: 'numeric',
        hour: '2-digit',
        minute: '2-digit',
        second: '2-digit',
        hourCycle: 'h23',
      }).format(new Date(moment)),
    day: (moment) => new Intl.DateTimeFormat(tongue, { timeZone: zone, dateStyle: 'medium' }).format(new Date(moment)),
  }
}

/** How far a zone is ahead of UTC at a moment, in milliseconds. */
function offsetOf(zone: string, moment: number): number {
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
    hourCycle: 'h23',
  }).formatToParts(moment)
  const part = (type: string) => Number(parts.find((each) => each.type === type)?.value ?? 0)
  const wall = Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second'))
  return wall - Math.floor(moment / 1000) * 1000
}

/** The moment a field of date and time (2026-11-21T09:30) means in a zone, `local` or an IANA name; null when it is none. */
export function momentOf(field: string, zone: string): string | null {
  const wall = Date.parse(`${field}Z`)
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(field) || Number.isNaN(wall)) return null
  if (zone === 'local') return new Date(field).toISOString()
  const first = wall - offsetOf(zone, wall)
  // The offset is that of the moment itself, which beside a change of clocks is another.
  return new Date(wall - offsetOf(zone, first)).toISOString()
}

/** A moment as such a field shows it. */
export function fieldOf(moment: string, zone: string): string {
  const at = Date.parse(moment)
  if (Number.isNaN(at)) return ''
  const offset = zone === 'local' ? -new Date(at).getTimezoneOffset() * 60_000 : offsetOf(zone, at)
  return new Date(at + offset).toISOString().slice(0, 16)
}
