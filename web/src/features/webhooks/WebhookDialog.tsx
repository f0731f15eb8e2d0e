import { Select, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useMutation } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import type { MadeWebhook } from '../../api/models'
import { keys } from '../../resources/keys'
import { createWebhook } from '../../resources/webhooks'
import { FormDialog } from '../../ui/FormDialog'
import { showFieldErrors } from '../../ui/fieldErrors'
import { useRefresh } from '../../ui/useRows'
import { bodyOf, type Signing, signings } from './signing'

interface WebhookDialogProps {
  onMade: (webhook: MadeWebhook) => void
  onClose: () => void
}

/** Makes an address at which another system can report. */
export function WebhookDialog({ onMade, onClose }: WebhookDialogProps) {
  const { t } = useTranslation()
  const refresh = useRefresh()
  const form = useForm({
    initialValues: { name: '', signing: 'github' as Signing, header: '', secret: '' },
    validate: {
      name: (value) => (value.trim() ? null : t('webhooks.form.nameRequired')),
      header: (value, { signing }) => (signing !== 'other' || value.trim() ? null : t('webhooks.form.headerRequired')),
    },
  })
  const create = useMutation({
    mutationFn: (values: typeof form.values) => createWebhook(bodyOf(values)),
    onSuccess: (webhook) => {
      void refresh(keys.webhooks)
      onMade(webhook)
    },
    onError: (error) => showFieldErrors(error, form.setFieldError, { signature_header: 'header' }),
  })
  const { signing } = form.values
  return (
    <FormDialog
      opened
      title={t('webhooks.add')}
      submit={t('webhooks.form.submit')}
      pending={create.isPending}
      error={create.error}
      onSubmit={form.onSubmit((values) => create.mutate(values))}
      onClose={onClose}
    >
      <TextInput
        label={t('webhooks.form.name')}
        description={t('webhooks.form.nameHint')}
        data-autofocus
        maxLength={100}
        {...form.getInputProps('name')}
      />
      <Select
        label={t('webhooks.form.signing')}
        allowDeselect={false}
        data={signings.map((value) => ({ value, label: t(`webhooks.form.${value}`) }))}
        {...form.getInputProps('signing')}
      />
      {signing === 'other' ? (
        <TextInput
          label={t('webhooks.form.header')}
          placeholder="X-Signature"
          spellCheck={false}
          maxLength={100}
          {...form.getInputProps('header')}
        />
      ) : null}
      {signing === 'none' ? null : (
        <TextInput
          label={t('webhooks.form.secret')}
          description={t('webhooks.form.secretHint')}
          autoComplete="off"
          spellCheck={false}
          maxLength={200}
          {...form.getInputProps('secret')}
        />
      )}
    </FormDialog>
  )
}
