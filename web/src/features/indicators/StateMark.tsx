import { useTranslation } from 'react-i18next'
import type { Artifact } from '../../api/models'
import css from './Indicators.module.css'

/** Says when an indicator does not count: it is none, or its time is over. */
export function StateMark({ row }: { row: Artifact }) {
  const { t } = useTranslation()
  if (row.false_positive) {
    return (
      <span className={css.mark} title={row.fp_reason || undefined}>
        {t('indicators.state.false_positive')}
      </span>
    )
  }
  return row.expired ? <span className={css.mark}>{t('indicators.state.expired')}</span> : null
}
