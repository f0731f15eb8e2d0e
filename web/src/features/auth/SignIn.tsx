import { Button, PasswordInput, Stack, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useMutation } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Problem } from '../../api/problem'
import { type Credentials, login } from '../../resources/auth'
import { ErrorAlert } from '../../ui/ErrorAlert'
import { retryAt, useCountdown } from '../../ui/useCountdown'
import { CardHead } from './PublicPage'
import { TotpForm } from './TotpForm'

interface SignInProps {
  /** The only user who may sign in here, when the session of a page ended. */
  username?: string
  /** Below the password: the other ways in. */
  links?: ReactNode
}

/** User name and password, then the second factor when the account has one. */
export function SignIn({ username, links }: SignInProps) {
  const [first, setFirst] = useState<Credentials | null>(null)
  const signIn = useMutation({
    mutationFn: login,
    onError: (error, credentials) => {
      if (isTotpRequired(error)) setFirst(credentials)
    },
  })
  const back = () => {
    setFirst(null)
    signIn.reset()
  }
  if (first) {
    return (
      <TotpForm
        username={first.username}
        inDialog={username !== undefined}
        pending={signIn.isPending}
        // The first refusal only asked for the code.
        error={isTotpRequired(signIn.error) ? null : signIn.error}
        onCode={(totp_code) => signIn.mutate({ ...first, totp_code })}
        onBack={back}
      />
    )
  }
  return (
    <PasswordForm
      username={username}
      links={links}
      pending={signIn.isPending}
      error={signIn.error}
      onSubmit={signIn.mutate}
    />
  )
}

function isTotpRequired(error: unknown): boolean {
  return error instanceof Problem && error.code === 'totp_required'
}

interface PasswordFormProps extends SignInProps {
  pending: boolean
  error: unknown
  onSubmit: (credentials: Credentials) => void
}

function PasswordForm({ username, links, pending, error, onSubmit }: PasswordFormProps) {
  const { t } = useTranslation()
  const waiting = useCountdown(retryAt(error)) > 0
  const form = useForm({
    initialValues: { username: username ?? '', password: '' },
    validate: {
      username: (value) => (value.trim() ? null : t('auth.signIn.usernameRequired')),
      password: (value) => (value ? null : t('auth.signIn.passwordRequired')),
    },
  })
  const submit = form.onSubmit(({ username: name, password }) => {
    if (!waiting) onSubmit({ username: name.trim(), password })
  })
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="lg">
        {username === undefined ? <CardHead title={t('auth.signIn.title')} /> : null}
        <ErrorAlert error={error} />
        <TextInput
          label={t('auth.signIn.username')}
          autoComplete="username"
          autoCapitalize="none"
          spellCheck={false}
          readOnly={username !== undefined}
          autoFocus={username === undefined}
          {...form.getInputProps('username')}
        />
        <PasswordInput
          label={t('auth.signIn.password')}
          autoComplete="current-password"
          data-autofocus={username !== undefined || undefined}
          {...form.getInputProps('password')}
        />
        <Button type="submit" size="sm" loading={pending} disabled={waiting} fullWidth>
          {username === undefined ? t('auth.signIn.submit') : t('auth.expired.submit')}
        </Button>
        {links}
      </Stack>
    </form>
  )
}
