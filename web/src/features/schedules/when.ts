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
