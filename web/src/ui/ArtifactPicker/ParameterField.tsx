import { Checkbox, Group, Select, Switch, Textarea, TextInput } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { VeloParameter } from '../../api/models'
import { usePreferences } from '../../app/preferences'
import { fieldOf, momentOf } from '../time'
import { chosenOf, isOn, kindOf, problemOf } from './parameters'

interface ParameterFieldProps {
  parameter: VeloParameter
  value: string
  /** What the server said about it. */
  error?: string
  onChange: (value: string) => void
}

/** The field that fits a parameter's type. Every value is text to the server. */
export function ParameterField({ parameter, value, error, onChange }: ParameterFieldProps) {
  const { t } = useTranslation()
  const { timeZone } = usePreferences()
  const problem = problemOf(parameter, value)
  const secret = /passw|secret|token|redacted/i.test(`${parameter.name} ${parameter.type}`)
  const shared = {
    label: parameter.name,
    description:
      [parameter.description, secret ? t('veloArtifacts.logged') : ''].filter(Boolean).join(' ') || undefined,
    error: error ?? (problem ? t(`veloArtifacts.problem.${problem}`) : undefined),
  }
  const text = { value, spellCheck: false, autoComplete: 'off' }
  switch (kindOf(parameter)) {
    case 'flag':
      return (
        <Switch {...shared} checked={isOn(value)} onChange={(event) => onChange(event.target.checked ? 'Y' : 'N')} />
      )
    case 'choice':
      return (
        <Select
          {...shared}
          data={parameter.choices ?? []}
          value={value || null}
          allowDeselect={false}
          onChange={(next) => onChange(next ?? '')}
        />
      )
    case 'choices':
      return (
        <Checkbox.Group {...shared} value={chosenOf(value)} onChange={(next) => onChange(JSON.stringify(next))}>
          <Group gap="sm" mt={4}>
            {(parameter.choices ?? []).map((choice) => (
              <Checkbox key={choice} value={choice} label={choice} />
            ))}
          </Group>
        </Checkbox.Group>
      )
    case 'moment':
      return (
        <TextInput
          {...shared}
          type="datetime-local"
          value={fieldOf(value, timeZone)}
          onChange={(event) => onChange(momentOf(event.target.value, timeZone) ?? '')}
        />
      )
    case 'lines':
      return (
        <Textarea
          {...shared}
          {...text}
          autosize
          minRows={2}
          maxRows={10}
          styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)' } }}
          onChange={(event) => onChange(event.target.value)}
        />
      )
    default:
      return (
        <TextInput
          {...shared}
          {...text}
          inputMode={kindOf(parameter) === 'number' ? 'decimal' : undefined}
          onChange={(event) => onChange(event.target.value)}
        />
      )
  }
}
