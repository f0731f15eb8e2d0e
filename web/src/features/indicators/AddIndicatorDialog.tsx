import { Select, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useMutation } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { useMay } from '../../app/me'
import { usePreferences } from '../../app/preferences'
import { createArtifact } from '../../resources/artifacts'
import { type ArtifactType, artifactTypes, guessType, refang } from '../../resources/artifactTypes'
import { keys } from '../../resources/keys'
import { FormDialog } from '../../ui/FormDialog'
import { showFieldErrors } from '../../ui/fieldErrors'
import { RowPicker } from '../../ui/RowPicker'
import { toastDone } from '../../ui/toast'
import { useRefresh } from '../../ui/useRows'
import { DetailFields } from './DetailFields'
import { expiryOf, plain } from './details'

/** Adds one indicator; its type follows what the value looks like until one chooses. */
export function AddIndicatorDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation()
  const refresh = useRefresh()
  const { timeZone } = usePreferences()
  const linkCases = useMay('cases:read')
  const form = useForm({
    initialValues: { ...plain, artifact_type: 'other' as ArtifactType, value: '', caseId: '' },
    validate: { value: (value) => (value.trim() ? null : t('indicators.form.valueRequired')) },
  })
  const add = useMutation({
    mutationFn: ({ caseId, expires, ...values }: typeof form.values) =>
      createArtifact({
        ...values,
        value: refang(values.value),
        expires_at: expiryOf({ ...values, expires }, timeZone),
        ...(caseId ? { case_id: Number(caseId) } : {}),
      }),
    onSuccess: () => {
      void refresh(keys.artifacts, keys.cases)
      toastDone(t('indicators.form.added'))
      onClose()
    },
    onError: (error) => showFieldErrors(error, form.setFieldError, { expires_at: 'expires', case_id: 'caseId' }),
  })
  const value = form.getInputProps('value')
  return (
    <FormDialog
      opened
      title={t('indicators.add')}
      submit={t('indicators.add')}
      pending={add.isPending}
      error={add.error}
      onSubmit={form.onSubmit((values) => add.mutate(values))}
      onClose={onClose}
    >
      <TextInput
        {...value}
        label={t('indicators.column.value')}
        description={t('indicators.form.valueHint')}
        data-autofocus
        spellCheck={false}
        onChange={(event) => {
          value.onChange(event)
          const guess = guessType(refang(event.target.value))
          if (guess) form.setFieldValue('artifact_type', guess)
        }}
      />
      <Select
        label={t('indicators.column.type')}
        allowDeselect={false}
        data={artifactTypes.map((known) => ({ value: known, label: t(`indicators.types.${known}`) }))}
        {...form.getInputProps('artifact_type')}
      />
      <DetailFields form={form} />
      {linkCases ? (
        <RowPicker
          kind="case"
          label={t('indicators.form.case')}
          error={form.errors.caseId as string | undefined}
          value={form.values.caseId}
          onChange={(id) => form.setFieldValue('caseId', id ?? '')}
        />
      ) : null}
    </FormDialog>
  )
}
