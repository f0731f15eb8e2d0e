import { Button, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { IconAlertTriangle, IconCircleCheck } from '@tabler/icons-react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import type { Me } from '../../api/models'
import { resendVerification } from '../../resources/account'
import { meQuery, saveMe, setupQuery } from '../../resources/auth'
import { ErrorAlert } from '../../ui/ErrorAlert'
import { showFieldErrors } from '../../ui/fieldErrors'
import { toastDone } from '../../ui/toast'
import css from './Profile.module.css'

/** The address mails go to, and whether it is known to be the person's own. */
export function EmailForm({ me }: { me: Me }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const mails = useQuery(setupQuery).data?.mail_enabled ?? false
  const form = useForm({
    initialValues: { email: me.email ?? '' },
    validate: {
      email: (value) => (/^\S+@\S+\.\S+$/.test(value.trim()) ? null : t('account.person.emailInvalid')),
    },
  })
  const save = useMutation({
    mutationFn: (email: string) => saveMe({ email }),
    onSuccess: () => {
      toastDone(mails ? t('account.person.emailMailed') : t('account.person.emailSaved'))
      void client.invalidateQueries({ queryKey: meQuery.queryKey })
    },
    onError: (error) => showFieldErrors(error, form.setFieldError),
  })
  return (
    <form className={css.email} noValidate onSubmit={form.onSubmit(({ email }) => save.mutate(email.trim()))}>
      <TextInput label={t('account.person.email')} type="email" autoComplete="email" {...form.getInputProps('email')} />
      <EmailState me={me} mails={mails} />
      <ErrorAlert error={save.error} />
      <div>
        <Button type="submit" size="sm" variant="default" loading={save.isPending} disabled={!form.isDirty()}>
          {t('account.person.emailSave')}
        </Button>
      </div>
    </form>
  )
}

function EmailState({ me, mails }: { me: Me; mails: boolean }) {
  const { t } = useTranslation()
  const resend = useMutation({
    mutationFn: resendVerification,
    onSuccess: () => toastDone(t('account.person.resent', { email: me.email })),
  })
  if (!me.email) return <span className={`${css.state} ${css.muted}`}>{t('account.person.noEmail')}</span>
  if (me.email_verified) {
    return (
      <span className={css.state} data-tone="ok">
        <span className={css.status}>
          <IconCircleCheck size={16} aria-hidden />
          {t('account.person.verified')}
        </span>
      </span>
    )
  }
  return (
    <>
      <div className={css.state} data-tone="waiting">
        <span className={css.status}>
          <IconAlertTriangle size={16} aria-hidden />
          {t('account.person.unverified')}
        </span>
        {mails ? (
          <Button variant="subtle" size="compact-sm" loading={resend.isPending} onClick={() => resend.mutate()}>
            {t('account.person.resend')}
          </Button>
        ) : null}
        <span className={css.muted}>{t('account.person.unverifiedHint')}</span>
      </div>
      <ErrorAlert error={resend.error} />
    </>
  )
}
