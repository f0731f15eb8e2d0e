import { Button, PasswordInput, Stack, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useMutation } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { Problem } from '../../api/problem'
import { type FirstUser, registerFirst } from '../../resources/auth'
import { ErrorAlert } from '../../ui/ErrorAlert'
import css from './LoginPage.module.css'

const shortestPassword = 12

type Values = Required<FirstUser> & { repeat: string }

function useSetupForm(withToken: boolean) {
  const { t } = useTranslation()
  return useForm<Values>({
    initialValues: { username: '', email: '', password: '', repeat: '', setup_token: '' },
    validate: {
      username: (value) =>
        /^[A-Za-z0-9][A-Za-z0-9._@+-]*$/.test(value.trim()) ? null : t('auth.setup.usernameInvalid'),
      email: (value) => (!value || /^\S+@\S+\.\S+$/.test(value) ? null : t('auth.setup.emailInvalid')),
      password: (value) =>
        value.length >= shortestPassword ? null : t('auth.setup.passwordShort', { min: shortestPassword }),
      repeat: (value, values) => (value === values.password ? null : t('auth.setup.passwordDiffers')),
      setup_token: (value) => (!withToken || value.trim() ? null : t('auth.setup.tokenRequired')),
    },
  })
}

/** Creates the first user of the installation. */
export function SetupForm({ withToken }: { withToken: boolean }) {
  const { t } = useTranslation()
  const form = useSetupForm(withToken)
  const register = useMutation({
    mutationFn: registerFirst,
    onError: (error) => {
      if (!(error instanceof Problem)) return
      for (const { location, message } of error.fields) form.setFieldError(location.split('.').pop() ?? '', message)
    },
  })
  const submit = form.onSubmit(({ username, email, password, setup_token }) =>
    register.mutate({
      username: username.trim(),
      password,
      ...(email ? { email } : {}),
      ...(withToken ? { setup_token: setup_token.trim() } : {}),
    }),
  )
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="md">
        <h1 className={css.title}>{t('auth.setup.title')}</h1>
        <p className={css.hint}>{t('auth.setup.hint')}</p>
        <ErrorAlert error={register.error} />
        {withToken ? (
          <TextInput
            label={t('auth.setup.token')}
            description={t('auth.setup.tokenHint')}
            autoComplete="off"
            {...form.getInputProps('setup_token')}
          />
        ) : null}
        <TextInput
          label={t('auth.signIn.username')}
          autoComplete="username"
          autoCapitalize="none"
          spellCheck={false}
          {...form.getInputProps('username')}
        />
        <TextInput
          label={t('auth.setup.emailOptional')}
          type="email"
          autoComplete="email"
          {...form.getInputProps('email')}
        />
        <PasswordInput
          label={t('auth.signIn.password')}
          autoComplete="new-password"
          {...form.getInputProps('password')}
        />
        <PasswordInput label={t('auth.setup.repeat')} autoComplete="new-password" {...form.getInputProps('repeat')} />
        <Button type="submit" size="sm" loading={register.isPending} fullWidth mt="sm">
          {t('auth.setup.submit')}
        </Button>
      </Stack>
    </form>
  )
}
