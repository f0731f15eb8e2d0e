import { type KeyboardEvent, useRef, useState } from 'react'
import { useShortcuts } from '../shortcuts'

interface GridKeys<Row> {
  rows: Row[]
  open: (row: Row) => void
  peek?: (row: Row) => void
  reveal: (index: number) => void
  /** Turns the ticks of the rows between two places, both included. */
  tick?: (first: number, last: number) => void
}

/** The cursor of a grid and the keys that move it. */
export function useGridKeys<Row>({ rows, open, peek, reveal, tick }: GridKeys<Row>) {
  const [wanted, setCursor] = useState(-1)
  const cursor = Math.min(wanted, rows.length - 1)

  const move = (to: number) => {
    if (rows.length === 0) return
    const index = Math.max(0, Math.min(rows.length - 1, to))
    setCursor(index)
    reveal(index)
  }
  const act = (what?: (row: Row) => void) => {
    const row = rows[cursor]
    if (row === undefined || !what) return false
    what(row)
    return true
  }

  const anchor = useRef(0)
  const mark = (index: number, extend: boolean) => {
    if (index < 0) return
    if (!extend) anchor.current = index
    setCursor(index)
    tick?.(Math.min(anchor.current, index), Math.max(anchor.current, index))
  }

  useShortcuts({
    j: () => move(cursor + 1),
    k: () => move(cursor - 1),
    ...(tick ? { x: () => mark(cursor, false), X: () => mark(cursor, true) } : {}),
  })

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.target !== event.currentTarget) return
    const page = 15
    const moves: Record<string, number> = {
      ArrowDown: cursor + 1,
      ArrowUp: cursor - 1,
      PageDown: cursor + page,
      PageUp: cursor - page,
      Home: 0,
      End: rows.length - 1,
    }
    const to = moves[event.key]
    if (to !== undefined) move(to)
    else if (!(event.key === 'Enter' && act(open)) && !(event.key === ' ' && act(peek))) return
    event.preventDefault()
  }

  return { cursor, setCursor, mark, onKeyDown }
}
