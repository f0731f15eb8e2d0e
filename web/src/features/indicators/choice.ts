import type { FoundValue } from '../../api/models'

/** What is ticked at first: what nothing speaks against. */
export function choiceAtFirst(found: readonly FoundValue[]): Set<number> {
  return new Set(found.flatMap((each, index) => (each.accepted ? [index] : [])))
}

/** A choice with one index in it turned round. */
export function toggled(choice: ReadonlySet<number>, index: number): Set<number> {
  const next = new Set(choice)
  if (!next.delete(index)) next.add(index)
  return next
}

/** How many were found of each sort, for the line above the preview. */
export function tally(found: readonly FoundValue[]): { fresh: number; known: number; guarded: number } {
  const count = (test: (each: FoundValue) => boolean) => found.filter(test).length
  return {
    fresh: count((each) => each.accepted && each.known_id == null),
    known: count((each) => each.known_id != null),
    guarded: count((each) => !each.accepted && each.known_id == null),
  }
}
