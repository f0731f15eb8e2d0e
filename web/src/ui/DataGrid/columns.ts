import type { ReactNode } from 'react'

/** Widths of a grid, in pixels, at which more columns come into sight. */
const widths = { sm: 440, md: 640, lg: 860 }

export interface Column<Row> {
  key: string
  header: string
  /** A CSS grid track, such as `minmax(160px, 2fr)`. */
  track: string
  cell: (row: Row) => ReactNode
  /** The field the server sorts by, when it can. */
  sort?: string
  /** The narrowest grid that shows the column. */
  from?: keyof typeof widths
  /** Must stay when the person chooses columns. */
  fixed?: boolean
}

/** The columns that fit, without those the person hid. */
export function shown<Row>(columns: Column<Row>[], width: number, hidden: ReadonlySet<string>): Column<Row>[] {
  return columns.filter(
    (column) =>
      column.fixed || (!hidden.has(column.key) && (column.from === undefined || width >= widths[column.from])),
  )
}

/** The sort after a click on a column: a new field starts with the highest value, a second click turns it round. */
export function nextSort(present: string, field: string): string {
  return present === `-${field}` ? field : `-${field}`
}
