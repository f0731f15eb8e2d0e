import type { ReactNode } from 'react'
import css from './FilterBar.module.css'

/** The filters above a list, in one line that wraps. */
export function FilterBar({ children }: { children: ReactNode }) {
  return <search className={css.bar}>{children}</search>
}

/** The room of the filters while they are fetched, so that nothing moves when they come. */
export function FilterSpace() {
  return <div className={css.space} aria-busy />
}
