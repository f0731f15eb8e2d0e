import { Stack, Textarea, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { NewTenantAnswer } from '../../api/models'
import { Problem } from '../../api/problem'
import { keys } from '../../resources/keys'
import { createTenant } from '../../resources/tenants'
import { FormDialog } from '../../ui/FormDialog'
import { toastDone } from '../../ui/toast'
import { useRefresh } from '../../ui/useRows'
import { InvitationLink } from '../users/InvitationLink'
import css from './Tenants.module.css'

interface TenantDialogProps {
  onMade: (tenant: { id: number }) => void
  onClose: () => void
}

/** Makes a tenant with its first administrator; where no mail carries the invitation, shows the link that does. */
export function TenantDialog({ onMade, onClose }: TenantDialogProps) {
  const [made, setMade] = useState<NewTenantAnswer | null>(null)
  const finish = (tenant: NewTenantAnswer) => (tenant.admin?.invitation_url ? setMade(tenant) : onMade(tenant))
  if (made?.admin?.invitation_url) {
    return <InvitationLink name={made.admin.username} url={made.admin.invitation_url} onClose={() => onMade(made)} />
  }
  return <TenantForm onMade={finish} onClose={onClose} />
}

function TenantForm({ onMade, onClose }: { onMade: (tenant: NewTenantAnswer) => void; onClose: () => void }) {
  const { t } = useTranslation()
  const refresh = useRefresh()
  const form = useForm({
    initialValues: { name: '', description: '', admin: { username: '', email: '' } },
    validate: {
      name: (value) => (value.trim() ? null : t('tenants.form.nameRequired')),
      admin: { username: (value) => (value.trim() ? null : t('tenants.form.usernameRequired')) },
    },
  })
  const create = useMutation({
    mutationFn: ({ name, description, admin }: typeof form.values) =>
      createTenant({
        name: name.trim(),
        description: description.trim(),
        admin: { username: admin.username.trim(), ...(admin.email.trim() ? { email: admin.email.trim() } : {}) },
      }),
    onSuccess: (tenant) => {
      void refresh(keys.tenants)
      toastDone(t('tenants.form.created', { name: tenant.name }))
      onMade(tenant)
    },
    onError: (error) => {
      if (!(error instanceof Problem)) return
      for (const { location, message } of error.fields) form.setFieldError(location.replace(/^body\./, ''), message)
    },
  })
  return (
    <FormDialog
      opened
      title={t('tenants.add')}
      submit={t('tenants.form.submit')}
      pending={create.isPending}
      error={create.error}
      onSubmit={form.onSubmit((values) => create.mutate(values))}
      onClose={onClose}
    >
      <TextInput label={t('tenants.form.name')} data-autofocus {...form.getInputProps('name')} />
      <Textarea
        label={t('tenants.form.description')}
        autosize
        minRows={2}
        maxRows={6}
        {...form.getInputProps('description')}
      />
      <fieldset className={css.section}>
        <legend>{t('tenants.form.admin')}</legend>
        <Stack gap="sm">
          <TextInput
            label={t('tenants.form.username')}
            description={t('tenants.form.adminHint')}
            autoComplete="off"
            autoCapitalize="none"
            spellCheck={false}
            {...form.getInputProps('admin.username')}
          />
          <TextInput
            label={t('tenants.form.email')}
            type="email"
            autoComplete="off"
            {...form.getInputProps('admin.email')}
          />
        </Stack>
      </fieldset>
    </FormDialog>
  )
}
