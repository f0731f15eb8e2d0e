import { Alert } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { Step } from '../../api/models'
import { JsonView } from '../../ui/JsonView'
import { Facts } from '../../ui/Page'
import { StatusText } from '../../ui/StatusText'
import { Elapsed, ExactTime } from '../../ui/TimeAgo'
import css from './Runs.module.css'

/** Everything known about one step. */
export function StepInspector({ step }: { step: Step }) {
  const { t } = useTranslation()
  return (
    <div className={css.inspector}>
      <Facts
        facts={[
          [t('runs.column.status'), <StatusText key="status" status={step.status} />],
          [t('runs.started'), <ExactTime key="started" at={step.started_at} />],
          [t('runs.duration'), <Elapsed key="duration" from={step.started_at} to={step.finished_at} />],
        ]}
      />
      {step.skipped_because ? <p className={css.muted}>{t('runs.skipped', { reason: step.skipped_because })}</p> : null}
      {step.error ? (
        <Alert color="red" variant="light" title={t('runs.error')} p="sm">
          {step.error}
        </Alert>
      ) : null}
      <Value label={t('runs.input')} value={step.input} />
      <Value label={t('runs.output')} value={step.output} />
    </div>
  )
}

function Value({ label, value }: { label: string; value: unknown }) {
  if (value === undefined || value === null) return null
  return (
    <div>
      <p className={css.label}>{label}</p>
      <JsonView value={value} label={label} />
    </div>
  )
}
