import { Select, TextInput } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { NewBatchQuery } from '../../api/models'
import css from './Ingestion.module.css'

type Format = NonNullable<NewBatchQuery['format']>
const formats = ['auto', 'ndjson', 'json', 'csv', 'zip', 'evtx'] as const satisfies readonly Format[]

interface FileOptionsProps {
  value: NewBatchQuery
  onChange: (value: NewBatchQuery) => void
}

/** What a file does not say of itself: its format, where its rows come from, whose they are. */
export function FileOptions({ value, onChange }: FileOptionsProps) {
  const { t } = useTranslation()
  const text = (name: 'source' | 'hostname' | 'client_id') => ({
    label: t(`ingestion.options.${name}`),
    description: t(`ingestion.options.${name}Hint`),
    maxLength: 200,
    spellCheck: false,
    value: value[name] ?? '',
    onChange: (event: { target: { value: string } }) =>
      onChange({ ...value, [name]: event.target.value.trim() ? event.target.value : undefined }),
  })
  return (
    <fieldset className={css.options}>
      <legend className={css.legend}>{t('ingestion.options.legend')}</legend>
      <TextInput {...text('source')} />
      <Select
        label={t('ingestion.options.format')}
        description={t('ingestion.options.formatHint')}
        allowDeselect={false}
        value={value.format ?? 'auto'}
        data={formats.map((format) => ({ value: format, label: t(`ingestion.formats.${format}`) }))}
        onChange={(format) => onChange({ ...value, format: formats.find((known) => known === format) })}
      />
      <TextInput {...text('hostname')} />
      <TextInput {...text('client_id')} />
    </fieldset>
  )
}
