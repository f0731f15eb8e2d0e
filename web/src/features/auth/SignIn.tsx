import { Button, PasswordInput, Stack, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Problem } from '../../api/problem'
import { type Credentials, login } from '../../resources/auth'
import { ErrorAlert } from '../../ui/ErrorAlert'
import css from './LoginPage.module.css'
import { TotpForm } from './TotpForm'

interface SignInProps {
  /** The only user who may sign in here, when the session of a page ended. */
  username?: string
}

/** User name and password, then the second factor when the account has one. */
export function SignIn({ username }: SignInProps) {
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
        pending={signIn.isPending}
        // The first refusal only asked for the code.
        error={first.totp_code === undefined && isTotpRequired(signIn.error) ? null : signIn.error}
        onCode={(totp_code) => signIn.mutate({ ...first, totp_code })}
        onBack={back}
      />
    )
  }
  return <PasswordForm username={username} pending={signIn.isPending} error={signIn.error} onSubmit={signIn.mutate} />
}

function isTotpRequired(error: unknown): boolean {
  return error instanceof Problem && error.code === 'totp_required'
}

interface PasswordFormProps {
  username?: string
  pending: boolean
  error: unknown
  onSubmit: (credentials: Credentials) => void
}

function PasswordForm({ username, pending, error, onSubmit }: PasswordFormProps) {
  const { t } = useTranslation()
  const form = useForm({
    initialValues: { username: username ?? '', password: '' },
    validate: {
      username: (value) => (value.trim() ? null : t('auth.signIn.usernameRequired')),
      password: (value) => (value ? null : t('auth.signIn.passwordRequired')),
    },
  })
  const submit = form.onSubmit(({ username: name, password }) => onSubmit({ username: name.trim(), password }))
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="lg">
        {username === undefined ? <h1 className={css.title}>{t('auth.signIn.title')}</h1> : null}
        <ErrorAlert error={error} />
        <TextInput
          label={t('auth.signIn.username')}
          autoComplete="username"
          autoCapitalize="none"
          spellCheck={false}
          readOnly={username !== undefined}
          data-autofocus={username === undefined || undefined}
          {...form.getInputProps('username')}
        />
        <PasswordInput
          label={t('auth.signIn.password')}
          autoComplete="current-password"
          data-autofocus={username !== undefined || undefined}
          {...form.getInputProps('password')}
        />
        <Button type="submit" size="sm" loading={pending} fullWidth>
          {username === undefined ? t('auth.signIn.submit') : t('auth.expired.submit')}
        </Button>
      </Stack>
    </form>
  )
}
