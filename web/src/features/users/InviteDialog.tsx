import { Select, Text, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { NewUserAnswer, User } from '../../api/models'
import { Problem } from '../../api/problem'
import { useMe } from '../../app/me'
import { setupQuery } from '../../resources/auth'
import { keys } from '../../resources/keys'
import { createUser } from '../../resources/users'
import { FormDialog } from '../../ui/FormDialog'
import { toastDone } from '../../ui/toast'
import { useRefresh } from '../../ui/useRows'
import { grantable, type Role } from './filters'
import { InvitationLink } from './InvitationLink'

interface InviteDialogProps {
  onMade: (user: User) => void
  onClose: () => void
}

/** Invites somebody; where no mail carries the invitation, shows the link that does. */
export function InviteDialog({ onMade, onClose }: InviteDialogProps) {
  const { t } = useTranslation()
  const [made, setMade] = useState<NewUserAnswer | null>(null)
  const finish = (user: NewUserAnswer) => {
    if (user.invitation_url) return setMade(user)
    toastDone(user.email ? t('users.form.sent', { email: user.email }) : t('users.form.made', { name: user.username }))
    onMade(user)
  }
  if (made?.invitation_url) {
    return <InvitationLink name={made.username} url={made.invitation_url} onClose={() => onMade(made)} />
  }
  return <InviteForm onMade={finish} onClose={onClose} />
}

function InviteForm({ onMade, onClose }: { onMade: (user: NewUserAnswer) => void; onClose: () => void }) {
  const { t } = useTranslation()
  const me = useMe()
  const refresh = useRefresh()
  const mail = useQuery(setupQuery).data?.mail_enabled ?? false
  const form = useForm({
    initialValues: { username: '', email: '', role: 'user' as Role },
    validate: { username: (value) => (value.trim() ? null : t('users.form.usernameRequired')) },
  })
  const create = useMutation({
    mutationFn: ({ username, email, role }: typeof form.values) =>
      createUser({ username: username.trim(), role, ...(email.trim() ? { email: email.trim() } : {}) }),
    onSuccess: (user) => {
      void refresh(keys.users)
      onMade(user)
    },
    onError: (error) => {
      if (!(error instanceof Problem)) return
      for (const { location, message } of error.fields) form.setFieldError(location.split('.').pop() ?? '', message)
    },
  })
  return (
    <FormDialog
      opened
      title={t('users.invite')}
      submit={t('users.form.submit')}
      pending={create.isPending}
      error={create.error}
      onSubmit={form.onSubmit((values) => create.mutate(values))}
      onClose={onClose}
    >
      <TextInput
        label={t('users.form.username')}
        description={t('users.form.usernameHint')}
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        data-autofocus
        {...form.getInputProps('username')}
      />
      <TextInput
        label={t('users.form.email')}
        description={mail ? t('users.form.emailHint') : t('users.form.emailNoMail')}
        type="email"
        autoComplete="off"
        {...form.getInputProps('email')}
      />
      <Select
        label={t('users.form.role')}
        allowDeselect={false}
        data={grantable(me.role).map((role) => ({ value: role, label: t(`shell.user.role.${role}`) }))}
        {...form.getInputProps('role')}
      />
      <Text size="sm" c="dimmed" mt={-4}>
        {t(`users.roles.${form.values.role}`)}
      </Text>
    </FormDialog>
  )
}
