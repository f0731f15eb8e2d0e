import type { Difference } from '../../api/models'
import { telling, textOf } from '../../ui/Observations/telling'

type Row = Difference['new'][number]

/** The same thing in two runs: the same host, and the same in what tells most of a row. */
const identity = (row: Row) =>
  `${row.host_id} ${row.artifact} ${textOf(telling(row.data as Record<string, unknown>)[0]?.[1])}`

/** So many columns are worth leaving out at once. */
const most = 5

/**
 * The columns that differ where the same thing stands on both sides: what changes at each run, and hides what is new. Those that
 * differ in more than half of such pairs, most frequent first.
 */
export function volatileColumns(added: readonly Row[], gone: readonly Row[]): string[] {
  const before = new Map(gone.map((row) => [identity(row), (row.data ?? {}) as Record<string, unknown>]))
  const differs = new Map<string, number>()
  let pairs = 0
  for (const row of added) {
    const past = before.get(identity(row))
    if (!past) continue
    pairs += 1
    for (const [name, value] of Object.entries((row.data ?? {}) as Record<string, unknown>)) {
      if (textOf(value) !== textOf(past[name])) differs.set(name, (differs.get(name) ?? 0) + 1)
    }
  }
  return [...differs]
    .filter(([, count]) => count * 2 > pairs)
    .toSorted(([, a], [, b]) => b - a)
    .slice(0, most)
    .map(([name]) => name)
}
