import { Button, PasswordInput, Stack } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useMutation } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { useMe } from '../../app/me'
import { changePassword } from '../../resources/account'
import { keys } from '../../resources/keys'
import { ErrorAlert } from '../../ui/ErrorAlert'
import { showFieldErrors } from '../../ui/fieldErrors'
import { Panel } from '../../ui/Page'
import { toastDone } from '../../ui/toast'
import { retryAt, useCountdown } from '../../ui/useCountdown'
import { useRefresh } from '../../ui/useRows'
import { type NewPassword, NewPasswordFields, useNewPasswordRules } from '../auth/NewPasswordFields'
import css from './Profile.module.css'

type Values = NewPassword & { current: string }

/** Changing the own password. */
export function PasswordTab() {
  const { t } = useTranslation()
  const { username } = useMe()
  const refresh = useRefresh()
  const rules = useNewPasswordRules()
  const form = useForm<Values>({
    initialValues: { current: '', password: '', repeat: '' },
    validate: { current: (value) => (value ? null : t('account.password.currentRequired')), ...rules },
  })
  const change = useMutation({
    mutationFn: ({ current, password }: Values) =>
      changePassword({ current_password: current, new_password: password }),
    onSuccess: () => {
      form.reset()
      toastDone(t('account.password.done'))
      void refresh(keys.sessions)
    },
    onError: (error) =>
      showFieldErrors(error, form.setFieldError, { current_password: 'current', new_password: 'password' }),
  })
  const waiting = useCountdown(retryAt(change.error)) > 0
  const submit = form.onSubmit((values) => {
    if (!waiting) change.mutate(values)
  })
  return (
    <Panel title={t('account.password.title')} className={css.narrow}>
      <p className={css.hint}>{t('account.password.hint')}</p>
      <form noValidate onSubmit={submit}>
        <Stack gap="md">
          {/* For password managers, which want to know whose password it is. */}
          <input type="text" name="username" autoComplete="username" value={username} readOnly hidden />
          <PasswordInput
            label={t('account.password.current')}
            autoComplete="current-password"
            {...form.getInputProps('current')}
          />
          <NewPasswordFields form={form} />
          <ErrorAlert error={change.error} />
          <div>
            <Button type="submit" size="sm" loading={change.isPending} disabled={waiting}>
              {t('account.password.submit')}
            </Button>
          </div>
        </Stack>
      </form>
    </Panel>
  )
}
