import '../../i18n/account'
import { Button, Stack, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { requestReset } from '../../resources/account'
import { setupQuery } from '../../resources/auth'
import { ErrorAlert } from '../../ui/ErrorAlert'
import { retryAt, useCountdown } from '../../ui/useCountdown'
import { Notice } from './Notice'
import { CardHead, PublicPage } from './PublicPage'

/** Asks for a mail with a link to choose a new password. */
export function ForgotPasswordPage() {
  const { t } = useTranslation()
  const status = useQuery(setupQuery)
  if (status.isPending) return null
  return (
    <PublicPage title={t('account.forgot.title')}>
      {status.data?.mail_enabled === false ? (
        <Notice title={t('account.forgot.title')} hint={t('account.forgot.noMail')} />
      ) : (
        <ForgotForm />
      )}
    </PublicPage>
  )
}

function ForgotForm() {
  const { t } = useTranslation()
  const ask = useMutation({ mutationFn: requestReset })
  const waiting = useCountdown(retryAt(ask.error)) > 0
  const form = useForm({
    initialValues: { email: '' },
    validate: { email: (value) => (/^\S+@\S+\.\S+$/.test(value.trim()) ? null : t('auth.setup.emailInvalid')) },
  })
  if (ask.isSuccess) {
    return <Notice title={t('account.forgot.sentTitle')} hint={t('account.forgot.sent', { email: ask.variables })} />
  }
  const submit = form.onSubmit(({ email }) => {
    if (!waiting) ask.mutate(email.trim())
  })
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="lg">
        <CardHead title={t('account.forgot.title')} hint={t('account.forgot.hint')} />
        <ErrorAlert error={ask.error} />
        <TextInput
          label={t('account.forgot.email')}
          type="email"
          autoComplete="email"
          autoFocus
          {...form.getInputProps('email')}
        />
        <Button type="submit" size="sm" loading={ask.isPending} disabled={waiting} fullWidth>
          {t('account.forgot.submit')}
        </Button>
        <Link to="/login">{t('account.toSignIn')}</Link>
      </Stack>
    </form>
  )
}
