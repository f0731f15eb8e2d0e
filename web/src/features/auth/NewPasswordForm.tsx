import { Button, Stack } from '@mantine/core'
import { useForm } from '@mantine/form'
import type { ReactNode } from 'react'
import { ErrorAlert } from '../../ui/ErrorAlert'
import { showFieldErrors } from '../../ui/fieldErrors'
import { type NewPassword, NewPasswordFields, useNewPasswordRules } from './NewPasswordFields'
import { CardHead } from './PublicPage'

interface NewPasswordFormProps {
  title: string
  hint: string
  submit: string
  pending: boolean
  error: unknown
  onSubmit: (password: string, onError: (error: unknown) => void) => void
  /** Below the button. */
  children?: ReactNode
}

/** A card that asks for nothing but a new password. */
export function NewPasswordForm({ title, hint, submit, pending, error, onSubmit, children }: NewPasswordFormProps) {
  const rules = useNewPasswordRules()
  const form = useForm<NewPassword>({ initialValues: { password: '', repeat: '' }, validate: rules })
  const showFields = (refusal: unknown) => showFieldErrors(refusal, form.setFieldError, { new_password: 'password' })
  return (
    <form onSubmit={form.onSubmit(({ password }) => onSubmit(password, showFields))} noValidate>
      <Stack gap="lg">
        <CardHead title={title} hint={hint} />
        <ErrorAlert error={error} />
        <NewPasswordFields form={form} autoFocus />
        <Button type="submit" size="sm" loading={pending} fullWidth>
          {submit}
        </Button>
        {children}
      </Stack>
    </form>
  )
}
