import type { ReactNode } from 'react'
import css from './Tiles.module.css'

interface Tile {
  name: string
  value: ReactNode
  /** What should not be. */
  bad?: boolean
}

/** What came of something, in numbers. */
export function Tiles({ tiles }: { tiles: Tile[] }) {
  return (
    <dl className={css.tiles}>
      {tiles.map(({ name, value, bad }) => (
        <div key={name} className={bad ? `${css.tile} ${css.bad}` : css.tile}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  )
}
