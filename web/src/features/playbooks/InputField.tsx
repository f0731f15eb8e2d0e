import { NumberInput, Select, Switch, TagsInput, Textarea, TextInput } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { InputSpec } from '../../documents/playbook'
import { RowPicker } from '../../ui/RowPicker'
import { type DraftValue, fromEvent } from './inputs'

interface InputFieldProps {
  spec: InputSpec
  value: DraftValue
  error?: string
  onChange: (value: DraftValue) => void
}

/** The field that fits an input's type. */
export function InputField({ spec, value, error, onChange }: InputFieldProps) {
  const { t } = useTranslation()
  const event = fromEvent(spec.default) ? t('playbooks.runForm.eventDefault', { expression: spec.default }) : undefined
  const shared = {
    label: spec.label,
    description: [spec.description, event].filter(Boolean).join(' ') || undefined,
    withAsterisk: spec.required,
    error,
  }
  if (spec.enum) {
    const data = spec.enum.map(String)
    return (
      <Select
        {...shared}
        data={data}
        value={text(value) || null}
        onChange={(next) => onChange(next ?? undefined)}
        clearable={!spec.required}
      />
    )
  }
  switch (spec.type) {
    case 'host':
    case 'case':
      return <RowPicker kind={spec.type} {...shared} value={text(value)} onChange={onChange} />
    case 'number':
    case 'integer':
    case 'artifact':
      return (
        <NumberInput
          {...shared}
          min={spec.min}
          max={spec.max}
          clampBehavior="none"
          allowDecimal={spec.type === 'number'}
          step={spec.type === 'number' && spec.max !== undefined && spec.max <= 1 ? 0.05 : 1}
          value={typeof value === 'number' || typeof value === 'string' ? value : ''}
          onChange={onChange}
        />
      )
    case 'boolean':
      return (
        <Switch
          label={spec.label}
          description={shared.description}
          error={error}
          checked={value === true}
          onChange={(next) => onChange(next.target.checked)}
        />
      )
    case 'list':
      return <TagsInput {...shared} value={Array.isArray(value) ? value : []} onChange={onChange} />
    case 'object':
      return (
        <Textarea
          {...shared}
          autosize
          minRows={3}
          maxRows={12}
          placeholder="{}"
          styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)' } }}
          value={text(value)}
          onChange={(next) => onChange(next.target.value)}
        />
      )
    default:
      return <TextInput {...shared} value={text(value)} onChange={(next) => onChange(next.target.value)} />
  }
}

function text(value: DraftValue): string {
  return value === undefined || Array.isArray(value) ? '' : String(value)
}
