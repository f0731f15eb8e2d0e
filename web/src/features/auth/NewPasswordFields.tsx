import { PasswordInput } from '@mantine/core'
import type { UseFormReturnType } from '@mantine/form'
import { useTranslation } from 'react-i18next'
import { longest, passwordFault, shortest } from './password'

export interface NewPassword {
  password: string
  repeat: string
}

/** What is checked of a new password and its repetition, for useForm. */
export function useNewPasswordRules() {
  const { t } = useTranslation()
  return {
    password: (value: string) => {
      const fault = passwordFault(value)
      return fault && t(`auth.newPassword.${fault}`, { min: shortest, max: longest })
    },
    repeat: (value: string, { password }: { password: string }) =>
      value === password ? null : t('auth.newPassword.differs'),
  }
}

interface NewPasswordFieldsProps<Values extends NewPassword> {
  form: UseFormReturnType<Values>
  label?: string
  autoFocus?: boolean
}

/** A new password, twice. */
export function NewPasswordFields<Values extends NewPassword>({
  form,
  label,
  autoFocus,
}: NewPasswordFieldsProps<Values>) {
  const { t } = useTranslation()
  return (
    <>
      <PasswordInput
        label={label ?? t('auth.newPassword.label')}
        description={t('auth.newPassword.hint', { min: shortest })}
        autoComplete="new-password"
        autoFocus={autoFocus}
        {...form.getInputProps('password')}
      />
      <PasswordInput
        label={t('auth.newPassword.repeat')}
        autoComplete="new-password"
        {...form.getInputProps('repeat')}
      />
    </>
  )
}
