import { Select } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { HostField } from '../../api/models'
import { SavedText } from './SavedText'

interface CustomFieldProps {
  field: HostField
  disabled: boolean
  value: unknown
  error?: string
  /** Null takes the value away. */
  onSave: (value: unknown) => void
}

/** One of the team's own fields of a host. */
export function CustomField({ field, disabled, value, error, onSave }: CustomFieldProps) {
  const { t } = useTranslation()
  const [wrong, setWrong] = useState<string>()
  const shared = { label: field.label, disabled, error: wrong ?? error }
  if (field.type === 'boolean') {
    return (
      <Select
        {...shared}
        clearable
        placeholder={t('hostWork.kept.none')}
        value={typeof value === 'boolean' ? String(value) : null}
        data={[
          { value: 'true', label: t('hostWork.kept.yes') },
          { value: 'false', label: t('hostWork.kept.no') },
        ]}
        onChange={(next) => onSave(next === null ? null : next === 'true')}
      />
    )
  }
  if (field.type === 'select') {
    return (
      <Select
        {...shared}
        clearable
        placeholder={t('hostWork.kept.none')}
        value={typeof value === 'string' ? value : null}
        data={field.options}
        onChange={onSave}
      />
    )
  }
  const save = (text: string) => {
    const amount = Number(text)
    const bad = field.type === 'number' && text !== '' && !Number.isFinite(amount)
    setWrong(bad ? t('hostWork.kept.number') : undefined)
    if (!bad) onSave(text === '' ? null : field.type === 'number' ? amount : text)
  }
  return (
    <SavedText
      {...shared}
      type={field.type === 'date' ? 'date' : 'text'}
      maxLength={1000}
      value={value === undefined || value === null ? '' : String(value)}
      onSave={save}
    />
  )
}
