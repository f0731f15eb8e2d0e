import type { Cadence } from './cadence'

/** What becomes of a run whose time comes while the last one goes on. */
export const overlaps = ['skip', 'buffer_one', 'allow_all'] as const

/** When a schedule runs, as its form has it. */
export interface When {
  name: string
  cadence: Cadence
  timezone: string
  overlap: (typeof overlaps)[number]
  jitter: number
  note: string
}

/** The zones to name a time in: the schedule's, the person's and UTC, each once. */
export function zonesOf(own: string, mine: string): string[] {
  const same = (zone: string) => (/^(etc\/)?(utc|gmt|uct|zulu)$/i.test(zone) ? 'UTC' : zone)
  return [...new Set([own || 'UTC', mine, 'UTC'].map(same))]
}
