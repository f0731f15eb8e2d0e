import { useTranslation } from 'react-i18next'
import css from './Labels.module.css'

interface LabelsProps {
  labels: readonly string[] | null | undefined
  limit?: number
  /** What a click on one does, when it does something. */
  onPick?: (label: string) => void
}

/** Words in frames: labels of a host, tags of a case. */
export function Labels({ labels, limit, onPick }: LabelsProps) {
  const { t } = useTranslation()
  const all = labels ?? []
  const first = limit === undefined ? all : all.slice(0, limit)
  const rest = all.slice(first.length)
  return (
    <span className={limit === undefined ? css.labels : `${css.labels} ${css.oneLine}`}>
      {first.map((label) =>
        onPick ? (
          <button
            key={label}
            type="button"
            tabIndex={-1}
            className={`${css.label} ${css.pick}`}
            title={t('common.grid.filterBy', { value: label })}
            onClick={() => onPick(label)}
          >
            {label}
          </button>
        ) : (
          <span key={label} className={css.label} title={label}>
            {label}
          </span>
        ),
      )}
      {rest.length > 0 ? (
        <span className={css.rest} title={rest.join(', ')}>
          {`+${rest.length}`}
        </span>
      ) : null}
    </span>
  )
}
