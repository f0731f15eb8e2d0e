import { useState } from 'react'

/**
 * How many rows have come since those on the screen were fetched, and what fetches them. `total` is how many there are by
 * what the server tells; `key` says which rows are looked at: others are fetched anew, and count from then.
 */
export function useFreshRows(total: number, key: string, fetch: () => void) {
  const [seen, setSeen] = useState({ key, total, round: 0 })
  const current = seen.key === key ? seen : { key, total, round: seen.round }
  if (current !== seen) setSeen(current)
  return {
    fresh: Math.max(0, total - current.total),
    /** How often they were fetched by hand. */
    round: current.round,
    take: () => {
      setSeen({ key, total, round: current.round + 1 })
      fetch()
    },
  }
}
