import { useTranslation } from 'react-i18next'
import type { Step } from '../../api/models'
import { StatusText } from '../../ui/StatusText'
import { Elapsed } from '../../ui/TimeAgo'
import css from './Runs.module.css'

interface TraceProps {
  steps: Step[]
  selected: string | undefined
  onSelect: (key: string) => void
}

/** The steps in order, each with how it went and how long it took. */
export function Trace({ steps, selected, onSelect }: TraceProps) {
  const { t } = useTranslation()
  return (
    <ol className={css.trace} aria-label={t('runs.steps')}>
      {steps.map((step) => (
        <li key={step.key}>
          <button
            type="button"
            className={css.step}
            aria-pressed={step.key === selected}
            onClick={() => onSelect(step.key)}
          >
            <span className={`${css.stepName} truncate`}>{step.key}</span>
            <StatusText status={step.status} />
            <span className={`${css.muted} truncate`}>{step.type}</span>
            <span className={css.stepAside}>
              {step.started_at ? <Elapsed from={step.started_at} to={step.finished_at} /> : null}
              {step.attempts > 1 ? ` · ${t('runs.attempts', { count: step.attempts })}` : null}
            </span>
          </button>
        </li>
      ))}
    </ol>
  )
}
