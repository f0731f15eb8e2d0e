import type { ReactNode } from 'react'
import css from './ScrollTable.module.css'

interface ScrollTableProps {
  label: string
  /** Fills the panel around it, without a frame and a limit of its own. */
  flush?: boolean
  /** `th` or `td` cells in their rows. */
  head: ReactNode
  children: ReactNode
  /** Under the table: what fetches more. */
  foot?: ReactNode
}

/** A small table that scrolls by itself when it is too large, by keyboard too. */
export function ScrollTable({ label, flush = false, head, children, foot }: ScrollTableProps) {
  return (
    <section
      className={flush ? `${css.frame} ${css.flush}` : css.frame}
      aria-label={label}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
      tabIndex={0}
    >
      <table className={css.table}>
        <thead>
          <tr>{head}</tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
      {foot ? <div className={css.foot}>{foot}</div> : null}
    </section>
  )
}

/** The heads of columns, by their words. */
export function Heads({ names }: { names: string[] }) {
  return names.map((name) => (
    <th key={name} scope="col">
      {name}
    </th>
  ))
}
