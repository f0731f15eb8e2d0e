import { Group, NumberInput, Select, Stack, TagsInput, TextInput } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { usePreferences } from '../../app/preferences'
import { intlLanguage } from '../../ui/time'
import { type Cadence, everyHours, kinds } from './cadence'
import { dayName } from './words'

interface CadenceFieldsProps {
  value: Cadence
  onChange: (change: Partial<Cadence>) => void
  zone: string
  onZone: (zone: string) => void
  errorOf: (field: string) => string | undefined
}

const zones = ['UTC', ...Intl.supportedValuesOf('timeZone').filter((zone) => zone !== 'UTC')]

/** How often a hunt repeats, at which time, and whose. */
export function CadenceFields({ value, onChange, zone, onZone, errorOf }: CadenceFieldsProps) {
  const { t } = useTranslation()
  return (
    <Stack gap="md" align="start">
      <Select
        w={220}
        label={t('schedules.form.kind')}
        allowDeselect={false}
        value={value.kind}
        onChange={(kind) => onChange({ kind: kinds.find((known) => known === kind) ?? 'daily' })}
        data={kinds.map((kind) => ({ value: kind, label: t(`schedules.kinds.${kind}`) }))}
      />
      <Group gap="md" align="start">
        {value.kind === 'hours' ? (
          <Select
            w={160}
            label={t('schedules.form.hours')}
            allowDeselect={false}
            value={String(value.hours)}
            onChange={(hours) => onChange({ hours: Number(hours) })}
            data={everyHours.map((count) => ({ value: String(count), label: t('hunts.form.hours', { count }) }))}
          />
        ) : null}
        {value.kind === 'weekly' ? <Weekdays value={value} onChange={onChange} error={errorOf('weekdays')} /> : null}
        {value.kind === 'monthly' ? (
          <NumberInput
            w={160}
            label={t('schedules.form.day')}
            min={1}
            max={31}
            allowDecimal={false}
            value={value.day}
            onChange={(day) => onChange({ day: Number(day) || 1 })}
          />
        ) : null}
        {value.kind === 'span' ? (
          <TextInput
            w={200}
            label={t('schedules.form.span')}
            description={t('schedules.form.spanHint')}
            inputWrapperOrder={['label', 'input', 'description', 'error']}
            spellCheck={false}
            error={errorOf('interval')}
            value={value.span}
            onChange={(event) => onChange({ span: event.target.value })}
          />
        ) : null}
        {value.kind === 'cron' ? (
          <TextInput
            w={260}
            label={t('schedules.form.cron')}
            description={t('schedules.form.cronHint')}
            inputWrapperOrder={['label', 'input', 'description', 'error']}
            spellCheck={false}
            error={errorOf('cron')}
            value={value.cron}
            onChange={(event) => onChange({ cron: event.target.value })}
          />
        ) : null}
        {value.kind === 'daily' || value.kind === 'weekly' || value.kind === 'monthly' ? (
          <TextInput
            w={130}
            type="time"
            label={t('schedules.form.time')}
            value={value.time}
            onChange={(event) => event.target.value && onChange({ time: event.target.value })}
          />
        ) : null}
        {value.kind === 'span' ? null : (
          <Select
            w={240}
            searchable
            label={t('schedules.form.zone')}
            allowDeselect={false}
            limit={50}
            error={errorOf('timezone')}
            value={zone}
            onChange={(next) => next && onZone(next)}
            data={zones.includes(zone) ? zones : [zone, ...zones]}
          />
        )}
      </Group>
    </Stack>
  )
}

function Weekdays({ value, onChange, error }: Pick<CadenceFieldsProps, 'value' | 'onChange'> & { error?: string }) {
  const { t } = useTranslation()
  const language = intlLanguage(usePreferences().language)
  // The week begins on Monday.
  const names = [1, 2, 3, 4, 5, 6, 0].map((day) => ({ day, name: dayName(day, language, 'short') }))
  return (
    <TagsInput
      w={300}
      label={t('schedules.form.weekdays')}
      error={error}
      data={names.map(({ name }) => name)}
      value={names.filter(({ day }) => value.weekdays.includes(day)).map(({ name }) => name)}
      onChange={(chosen) =>
        onChange({ weekdays: names.filter(({ name }) => chosen.includes(name)).map(({ day }) => day) })
      }
    />
  )
}
