import { Select, TagsInput, Textarea, TextInput } from '@mantine/core'
import type { UseFormReturnType } from '@mantine/form'
import { useTranslation } from 'react-i18next'
import type { Details } from './details'
import { tlps } from './filters'
import css from './Indicators.module.css'

interface DetailFieldsProps<Values extends Details> {
  form: UseFormReturnType<Values>
  /** Without the free words, which many at once don't share. */
  many?: boolean
}

/** The fields that every form about indicators has. */
export function DetailFields<Values extends Details>({ form, many = false }: DetailFieldsProps<Values>) {
  const { t } = useTranslation()
  return (
    <>
      {many ? null : (
        <Textarea
          label={t('indicators.form.description')}
          autosize
          minRows={2}
          maxRows={8}
          {...form.getInputProps('description')}
        />
      )}
      <div className={css.pair}>
        <Select
          label={t('indicators.column.tlp')}
          description={t(`indicators.tlpMeaning.${form.values.tlp}`)}
          inputWrapperOrder={['label', 'input', 'description', 'error']}
          allowDeselect={false}
          data={tlps.map((value) => ({ value, label: `TLP:${value.toUpperCase()}` }))}
          {...form.getInputProps('tlp')}
        />
        <TextInput
          type="datetime-local"
          label={t('indicators.form.expires')}
          description={t('indicators.form.expiresHint')}
          inputWrapperOrder={['label', 'input', 'description', 'error']}
          {...form.getInputProps('expires')}
        />
      </div>
      <TagsInput label={t('indicators.column.tags')} {...form.getInputProps('tags')} />
    </>
  )
}
