import { Button, Select, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useMutation } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { Problem } from '../../api/problem'
import { createArtifact } from '../../resources/artifacts'
import { type ArtifactType, artifactTypes, guessType, refang } from '../../resources/artifactTypes'
import { keys } from '../../resources/keys'
import { useErrorText } from '../../ui/errors'
import { toastDone, toastFailed } from '../../ui/toast'
import { useRefresh } from '../../ui/useRows'
import css from './Cases.module.css'

/** One line that adds an indicator; its type follows what the value looks like until one chooses. */
export function AddArtifact({ caseId }: { caseId: number }) {
  const { t } = useTranslation()
  const refresh = useRefresh()
  const text = useErrorText()
  const form = useForm({
    initialValues: { artifact_type: 'other' as ArtifactType, value: '', description: '' },
    validate: { value: (value) => (value.trim() ? null : t('cases.artifacts.valueRequired')) },
  })
  const add = useMutation({
    mutationFn: (values: typeof form.values) =>
      createArtifact({ ...values, value: refang(values.value), case_id: caseId }),
    onSuccess: () => {
      void refresh(keys.artifacts, keys.cases)
      toastDone(t('cases.artifacts.added'))
      form.reset()
    },
    onError: (error) => {
      const field = error instanceof Problem ? error.field('value') : undefined
      if (field) form.setFieldError('value', field)
      else toastFailed(text(error))
    },
  })
  const type = form.getInputProps('artifact_type')
  const value = form.getInputProps('value')
  return (
    <form className={css.addRow} onSubmit={form.onSubmit((values) => add.mutate(values))} noValidate>
      <Select
        {...type}
        aria-label={t('cases.artifacts.type')}
        allowDeselect={false}
        data={artifactTypes.map((known) => ({ value: known, label: t(`indicators.types.${known}`) }))}
      />
      <TextInput
        {...value}
        aria-label={t('cases.artifacts.value')}
        placeholder={t('cases.artifacts.value')}
        spellCheck={false}
        onChange={(event) => {
          value.onChange(event)
          const guess = guessType(refang(event.target.value))
          if (guess) form.setFieldValue('artifact_type', guess)
        }}
      />
      <TextInput
        {...form.getInputProps('description')}
        aria-label={t('cases.artifacts.note')}
        placeholder={t('cases.artifacts.note')}
      />
      <Button type="submit" size="sm" variant="default" loading={add.isPending}>
        {t('cases.artifacts.add')}
      </Button>
    </form>
  )
}
