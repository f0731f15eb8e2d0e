import '../../i18n/playbooks'
import { NumberInput, type NumberInputProps, Select, Switch, TagsInput, Textarea, TextInput } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { InputSpec } from '../../documents/playbook'
import { RowPicker } from '../RowPicker'
import { type DraftValue, fromEvent } from './inputs'

interface InputFieldProps {
  spec: InputSpec
  value: DraftValue
  error?: string
  /** Gets the focus when the form opens. */
  first: boolean
  onChange: (value: DraftValue) => void
}

/** The field that fits an input's type. */
export function InputField({ spec, value, error, first, onChange }: InputFieldProps) {
  const { t } = useTranslation()
  const event = fromEvent(spec.default) ? t('playbooks.runForm.eventDefault', { expression: spec.default }) : undefined
  const shared = {
    label: spec.label,
    description: [spec.description, event].filter(Boolean).join(' ') || undefined,
    withAsterisk: spec.required,
    error,
    'data-autofocus': first || undefined,
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
      return <NumberField spec={spec} shared={shared} value={value} onChange={onChange} />
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

interface NumberFieldProps {
  spec: InputSpec
  shared: Pick<NumberInputProps, 'label' | 'description' | 'withAsterisk' | 'error'>
  value: DraftValue
  onChange: (value: DraftValue) => void
}

function NumberField({ spec, shared, value, onChange }: NumberFieldProps) {
  const decimal = spec.type === 'number'
  return (
    <NumberInput
      {...shared}
      min={spec.min}
      max={spec.max}
      // What is out of bounds is said, never corrected silently.
      clampBehavior="none"
      allowDecimal={decimal}
      step={decimal && spec.max !== undefined && spec.max <= 1 ? 0.05 : 1}
      value={typeof value === 'number' || typeof value === 'string' ? value : ''}
      onChange={onChange}
    />
  )
}

function text(value: DraftValue): string {
  return value === undefined || Array.isArray(value) ? '' : String(value)
}
