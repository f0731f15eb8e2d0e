import { Group, NumberInput, Select, Stack, Switch } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { lifetimes, usualLifetime } from './draft'
import type { HuntFieldsProps } from './HuntFields'

const numbers = [
  ['clientLimit', 'client_limit'],
  ['timeout', 'timeout'],
  ['maxRows', 'max_rows'],
] as const

/** Until when a hunt waits for hosts, and how much of their time and room it may take. */
export function LimitFields({ draft, onChange, errorOf }: HuntFieldsProps) {
  const { t } = useTranslation()
  return (
    <Stack gap="md">
      <Group gap="md" align="start">
        <Select
          w={200}
          label={t('hunts.form.lifetime')}
          description={t('hunts.form.lifetimeHint')}
          allowDeselect={false}
          error={errorOf('expires')}
          value={String(draft.lifetime)}
          onChange={(hours) => onChange({ lifetime: Number(hours ?? usualLifetime) })}
          data={[...new Set([...lifetimes, draft.lifetime])].map((hours) => ({
            value: String(hours),
            label: hours % 24 ? t('hunts.form.hours', { count: hours }) : t('hunts.form.days', { count: hours / 24 }),
          }))}
        />
        {numbers.map(([name, field]) => (
          <NumberInput
            key={name}
            w={200}
            label={t(`hunts.form.${name}`)}
            description={t(`hunts.form.${name}Hint`)}
            placeholder={t('hunts.form.noLimit')}
            min={1}
            clampBehavior="none"
            allowDecimal={false}
            allowNegative={false}
            thousandSeparator=" "
            error={errorOf(field)}
            value={draft[name]}
            onChange={(value) => onChange({ [name]: value === '' ? '' : Number(value) })}
          />
        ))}
      </Group>
      <Switch
        label={t('hunts.form.untilExpiry')}
        description={t('hunts.form.untilExpiryHint')}
        checked={draft.untilExpiry}
        onChange={(event) => onChange({ untilExpiry: event.target.checked })}
      />
    </Stack>
  )
}
