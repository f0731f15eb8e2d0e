import { useSyncExternalStore } from 'react'
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
  }
}
