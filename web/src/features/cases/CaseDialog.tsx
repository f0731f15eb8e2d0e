import { Select, TagsInput, Textarea, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useMutation } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { useNavigate } from 'react-router'
import type { NewCase } from '../../api/models'
import { Problem } from '../../api/problem'
import { usePaths } from '../../app/me'
import { createCase } from '../../resources/cases'
import { keys } from '../../resources/keys'
import { FormDialog } from '../../ui/FormDialog'
import { toastDone } from '../../ui/toast'
import { useRefresh } from '../../ui/useRows'
import { severities } from './filters'

/** Opens a case by hand and goes to it. */
export function CaseDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const paths = usePaths()
  const refresh = useRefresh()
  const form = useForm({
    initialValues: { title: '', description: '', severity: 'medium' as string, tags: [] as string[] },
    validate: { title: (value) => (value.trim() ? null : t('cases.form.titleRequired')) },
  })
  const create = useMutation({
    mutationFn: (values: typeof form.values) => createCase({ ...values, title: values.title.trim() } as NewCase),
    onSuccess: (row) => {
      void refresh(keys.cases, keys.dashboard)
      toastDone(t('cases.form.created', { id: row.id }))
      void navigate(paths.case(row.id))
    },
    onError: (error) => {
      if (!(error instanceof Problem)) return
      for (const { location, message } of error.fields) form.setFieldError(location.split('.').pop() ?? '', message)
    },
  })
  return (
    <FormDialog
      opened
      title={t('cases.add')}
      submit={t('cases.form.create')}
      pending={create.isPending}
      error={create.error}
      onSubmit={form.onSubmit((values) => create.mutate(values))}
      onClose={onClose}
    >
      <TextInput label={t('cases.form.title')} data-autofocus {...form.getInputProps('title')} />
      <Textarea
        label={t('cases.form.description')}
        autosize
        minRows={3}
        maxRows={10}
        {...form.getInputProps('description')}
      />
      <Select
        label={t('cases.form.severity')}
        allowDeselect={false}
        data={severities.map((severity) => ({ value: severity, label: t(`common.severity.${severity}`) }))}
        {...form.getInputProps('severity')}
      />
      <TagsInput label={t('cases.form.tags')} {...form.getInputProps('tags')} />
    </FormDialog>
  )
}
