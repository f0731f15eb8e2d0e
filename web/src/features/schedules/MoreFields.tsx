import { Group, NumberInput, Select, Textarea } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { overlaps, type When } from './when'

interface MoreFieldsProps {
  when: When
  onChange: (change: Partial<When>) => void
  errorOf: (field: string) => string | undefined
}

/** What a schedule does in the odd cases, and why it is there. */
export function MoreFields({ when, onChange, errorOf }: MoreFieldsProps) {
  const { t } = useTranslation()
  return (
    <>
      <Group gap="md" align="start">
        <Select
          w={260}
          label={t('schedules.form.overlap')}
          allowDeselect={false}
          value={when.overlap}
          onChange={(next) => onChange({ overlap: overlaps.find((known) => known === next) ?? 'skip' })}
          data={overlaps.map((value) => ({ value, label: t(`schedules.form.overlaps.${value}`) }))}
        />
        <NumberInput
          w={220}
          label={t('schedules.form.jitter')}
          description={t('schedules.form.jitterHint')}
          inputWrapperOrder={['label', 'input', 'description', 'error']}
          min={0}
          max={86_400}
          allowDecimal={false}
          error={errorOf('jitter_seconds')}
          value={when.jitter}
          onChange={(jitter) => onChange({ jitter: Number(jitter) || 0 })}
        />
      </Group>
      <Textarea
        label={t('schedules.form.note')}
        autosize
        minRows={1}
        maxRows={6}
        maxLength={1000}
        error={errorOf('note')}
        value={when.note}
        onChange={(event) => onChange({ note: event.target.value })}
      />
    </>
  )
}
