import { SegmentedControl, Select, Stack, Switch, Text, useMantineColorScheme } from '@mantine/core'
import { useId } from 'react'
import { useTranslation } from 'react-i18next'
import { type Preferences, setPreferences, usePreferences } from '../app/preferences'
import { type Language, languages, speak } from '../i18n'

/** What one chooses for this browser. Every choice takes effect at once. */
export function PreferenceFields() {
  const { t } = useTranslation()
  const preferences = usePreferences()
  const { setColorScheme } = useMantineColorScheme()
  return (
    <Stack gap="lg">
      <Choice
        label={t('shell.preferences.theme')}
        value={preferences.theme}
        options={(['auto', 'light', 'dark'] as const).map((value) => ({
          value,
          label: t(`shell.preferences.themes.${value}`),
        }))}
        onChange={setColorScheme}
      />
      <Choice
        label={t('shell.preferences.density')}
        value={preferences.density}
        options={(['compact', 'comfortable'] as const).map((value) => ({
          value,
          label: t(`shell.preferences.densities.${value}`),
        }))}
        onChange={(density) => setPreferences({ density })}
      />
      <ZoneSelect preferences={preferences} />
      <Select
        label={t('shell.preferences.language')}
        allowDeselect={false}
        value={preferences.language}
        data={languages.map((value) => ({ value, label: t(`shell.preferences.languages.${value}`) }))}
        onChange={(value) => {
          setPreferences({ language: value as Language })
          speak(value as Language)
        }}
      />
      <Switch
        label={t('shell.preferences.shortcuts')}
        description={t('shell.preferences.shortcutsHint')}
        checked={preferences.shortcuts}
        onChange={(event) => setPreferences({ shortcuts: event.target.checked })}
      />
    </Stack>
  )
}

interface ChoiceProps<Value extends string> {
  label: string
  value: Value
  options: { value: Value; label: string }[]
  onChange: (value: Value) => void
}

function Choice<Value extends string>({ label, value, options, onChange }: ChoiceProps<Value>) {
  const id = useId()
  return (
    <div>
      <Text id={id} size="sm" fw={500} mb={4}>
        {label}
      </Text>
      <SegmentedControl
        aria-labelledby={id}
        fullWidth
        size="sm"
        value={value}
        data={options}
        onChange={(next) => onChange(next as Value)}
      />
    </div>
  )
}

function ZoneSelect({ preferences }: { preferences: Preferences }) {
  const { t } = useTranslation()
  const own = Intl.DateTimeFormat().resolvedOptions().timeZone
  const zones = Intl.supportedValuesOf('timeZone').filter((zone) => zone !== 'UTC')
  return (
    <Select
      label={t('shell.preferences.timeZone')}
      searchable
      allowDeselect={false}
      limit={50}
      value={preferences.timeZone}
      data={[
        { value: 'local', label: t('shell.preferences.zoneLocal', { zone: own }) },
        { value: 'UTC', label: 'UTC' },
        ...zones.map((zone) => ({ value: zone, label: zone })),
      ]}
      onChange={(timeZone) => setPreferences({ timeZone: timeZone ?? 'local' })}
    />
  )
}
