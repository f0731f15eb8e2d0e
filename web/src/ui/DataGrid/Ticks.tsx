import { useTranslation } from 'react-i18next'
import css from './DataGrid.module.css'
import type { Selection } from './selection'

interface TickRowProps {
  on: boolean
  name: string
  /** `extend` is a click with Shift: everything from the cursor to here. */
  onChange: (extend: boolean) => void
}

/** Ticks one row. */
export function TickRow({ on, name, onChange }: TickRowProps) {
  const { t } = useTranslation()
  return (
    <div role="gridcell" tabIndex={-1}>
      <label className={css.tick}>
        <input
          type="checkbox"
          tabIndex={-1}
          aria-label={t('common.grid.select', { name })}
          checked={on}
          onChange={(event) => onChange((event.nativeEvent as MouseEvent).shiftKey === true)}
        />
      </label>
    </div>
  )
}

/** Ticks every row that is here. */
export function TickAll({ selection, keys }: { selection: Selection; keys: number[] }) {
  const { t } = useTranslation()
  const on = keys.length > 0 && keys.every(selection.has)
  const some = !on && selection.count > 0
  return (
    <div role="columnheader" tabIndex={-1}>
      <label className={css.tick}>
        <input
          type="checkbox"
          aria-label={t('common.grid.selectLoaded')}
          checked={on}
          ref={(box) => {
            if (box) box.indeterminate = some
          }}
          onChange={() => (on ? selection.clear() : selection.toggle(keys, keys))}
        />
      </label>
    </div>
  )
}
