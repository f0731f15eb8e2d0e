import { Select, TagsInput, Textarea, TextInput } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { usePreferences } from '../../app/preferences'
import { RowPicker } from '../RowPicker'
import { fieldOf, momentOf } from '../time'
import type { BulkField } from './actions'

interface ParamFieldProps {
  field: BulkField
  value: string | string[]
  error?: string
  /** Gets the focus when the form opens. */
  first: boolean
  onChange: (value: string | string[]) => void
}

/** The field that fits a value an action asks for. */
export function ParamField({ field, value, error, first, onChange }: ParamFieldProps) {
  const { t } = useTranslation()
  const { timeZone } = usePreferences()
  const shared = {
    label: field.label,
    description: field.hint,
    withAsterisk: !field.optional,
    error,
    'data-autofocus': first || undefined,
  }
  const one = Array.isArray(value) ? '' : value
  switch (field.kind) {
    case 'tags':
      return (
        <TagsInput
          {...shared}
          placeholder={t('jobs.form.tags')}
          data={field.offered}
          value={Array.isArray(value) ? value : []}
          onChange={onChange}
          acceptValueOnBlur
        />
      )
    case 'choice':
      return (
        <Select
          {...shared}
          data={field.data}
          value={one || null}
          clearable={field.optional}
          onChange={(next) => onChange(next ?? '')}
        />
      )
    case 'moment':
      return (
        <TextInput
          {...shared}
          type="datetime-local"
          value={fieldOf(one, timeZone)}
          onChange={(event) => onChange(momentOf(event.target.value, timeZone) ?? '')}
        />
      )
    case 'case':
      return <RowPicker kind="case" {...shared} value={one} onChange={(next) => onChange(next ?? '')} />
    default:
      return field.lines ? (
        <Textarea
          {...shared}
          autosize
          minRows={field.lines}
          maxRows={8}
          maxLength={field.maxLength}
          value={one}
          onChange={(event) => onChange(event.target.value)}
        />
      ) : (
        <TextInput
          {...shared}
          maxLength={field.maxLength}
          value={one}
          onChange={(event) => onChange(event.target.value)}
        />
      )
  }
}
