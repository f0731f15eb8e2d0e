import {
  IconCircle,
  IconSquareFilled,
  IconSquareRotatedFilled,
  IconTriangleFilled,
  IconTriangleInvertedFilled,
} from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import css from './SeverityBadge.module.css'
import { bandOf, percent, type Severity, severityOf } from './severity'

const shapes = {
  critical: IconSquareRotatedFilled,
  high: IconTriangleFilled,
  medium: IconSquareFilled,
  low: IconTriangleInvertedFilled,
  info: IconCircle,
} as const

/** The shape alone; never the only carrier of the meaning. */
export function SeverityShape({ severity, coloured }: { severity: Severity; coloured?: boolean }) {
  const Shape = shapes[severity]
  return <Shape size={11} aria-hidden color={coloured ? `var(--vc-${severity})` : undefined} />
}

/** A severity as shape and word. */
export function SeverityBadge({ severity }: { severity: string | null | undefined }) {
  const { t } = useTranslation()
  const known = severityOf(severity)
  return (
    <span className={`${css.badge} ${css[known]}`}>
      <SeverityShape severity={known} />
      {t(`common.severity.${known}`)}
    </span>
  )
}

/** A threat score of 0 to 1 as shape, number and word. */
export function ScoreBadge({ score }: { score: number }) {
  const { t } = useTranslation()
  const band = bandOf(score)
  const severity = severityOf(band)
  const word = t(`common.severity.${band}`)
  return (
    <span
      className={`${css.badge} ${css[severity]}`}
      title={t('common.scoreOf', { score: percent(score), band: word })}
    >
      <SeverityShape severity={severity} />
      {percent(score)} {word}
    </span>
  )
}
