import { Button, Stack, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useMutation } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { type NewUser, register } from '../../resources/auth'
import { ErrorAlert } from '../../ui/ErrorAlert'
import { showFieldErrors } from '../../ui/fieldErrors'
import { type NewPassword, NewPasswordFields, useNewPasswordRules } from './NewPasswordFields'
import { CardHead } from './PublicPage'

type Values = Required<NewUser> & NewPassword

function useRegisterForm(withToken: boolean) {
  const { t } = useTranslation()
  const rules = useNewPasswordRules()
  return useForm<Values>({
    initialValues: { username: '', email: '', password: '', repeat: '', setup_token: '' },
    validate: {
      username: (value) =>
        /^[A-Za-z0-9][A-Za-z0-9._@+-]*$/.test(value.trim()) ? null : t('auth.setup.usernameInvalid'),
      email: (value) => (!value || /^\S+@\S+\.\S+$/.test(value) ? null : t('auth.setup.emailInvalid')),
      ...rules,
      setup_token: (value) => (!withToken || value.trim() ? null : t('auth.setup.tokenRequired')),
    },
  })
}

interface RegisterFormProps {
  title: string
  hint: string
  /** Whether the server asks for the token it printed: the first user, not on this machine. */
  withToken?: boolean
}

/** Creates an account and signs in with it. */
export function RegisterForm({ title, hint, withToken = false }: RegisterFormProps) {
  const { t } = useTranslation()
  const form = useRegisterForm(withToken)
  const create = useMutation({
    mutationFn: register,
    onError: (error) => showFieldErrors(error, form.setFieldError),
  })
  const submit = form.onSubmit(({ username, email, password, setup_token }) =>
    create.mutate({
      username: username.trim(),
      password,
      ...(email ? { email } : {}),
      ...(withToken ? { setup_token: setup_token.trim() } : {}),
    }),
  )
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="md">
        <CardHead title={title} hint={hint} />
        <ErrorAlert error={create.error} />
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
        <NewPasswordFields form={form} label={t('auth.signIn.password')} />
        <Button type="submit" size="sm" loading={create.isPending} fullWidth mt="sm">
          {t('auth.setup.submit')}
        </Button>
      </Stack>
    </form>
  )
}
