import { useMemo, useState } from 'react'

interface Ticked {
  /** What the list was filtered with when the rows were ticked. */
  of: string
  ids: ReadonlySet<number>
  /** Every row that matches, those that were never fetched included. */
  all: boolean
}

export interface Selection {
  /** The rows ticked one by one; with `all`, of no meaning. */
  ids: ReadonlySet<number>
  all: boolean
  /** How many rows are meant. */
  count: number
  has: (id: number) => boolean
  /** Ticks these rows, or takes their ticks away when all of them have one. `loaded` are the rows that are here. */
  toggle: (ids: number[], loaded: number[]) => void
  selectAll: () => void
  clear: () => void
}

/** The ticks after some rows were toggled: together on, unless they all are. */
export function toggled(
  ticked: Pick<Ticked, 'ids' | 'all'>,
  ids: number[],
  loaded: number[],
): Pick<Ticked, 'ids' | 'all'> {
  // Without one row it is no longer all of them: what stays ticked is what can be seen.
  const next = new Set(ticked.all ? loaded : ticked.ids)
  const off = ids.every((id) => next.has(id))
  for (const id of ids) {
    if (off) next.delete(id)
    else next.add(id)
  }
  return { ids: next, all: false }
}

/** The ticked rows of a list. Another filter (as text) starts anew: what can't be seen must not be acted on. */
export function useSelection(filter: string, total: number): Selection {
  const [kept, setKept] = useState<Ticked>({ of: filter, ids: new Set(), all: false })
  return useMemo(() => {
    const ticked = kept.of === filter ? kept : { of: filter, ids: new Set<number>(), all: false }
    return {
      ids: ticked.ids,
      all: ticked.all,
      count: ticked.all ? total : ticked.ids.size,
      has: (id) => ticked.all || ticked.ids.has(id),
      toggle: (ids, loaded) => setKept({ of: filter, ...toggled(ticked, ids, loaded) }),
      selectAll: () => setKept({ of: filter, ids: new Set(), all: true }),
      clear: () => setKept({ of: filter, ids: new Set(), all: false }),
    }
  }, [kept, filter, total])
}
