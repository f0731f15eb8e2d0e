import '../i18n/auth'
import { Button, Group, Modal, PasswordInput, Stack, Text } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { stepUp } from '../api/stepUp'
import { useMe } from '../app/me'
import { proveIdentity } from '../resources/auth'
import { ErrorAlert } from './ErrorAlert'
import { ProofField } from './ProofField'
import { retryAt, useCountdown } from './useCountdown'
import { useReturnFocus } from './useReturnFocus'

/** Asks who sits here before a dangerous request goes on: for the code where a second factor is on, else the password. */
export function StepUpDialog() {
  useReturnFocus()
  const { t } = useTranslation()
  const { totp_enabled: withCode } = useMe()
  return (
    <Modal
      opened
      onClose={stepUp.decline}
      // Above the dialog whose request waits, which must not hear the Escape meant for this one.
      zIndex={300}
      closeOnEscape={false}
      onKeyDown={(event) => event.key === 'Escape' && stepUp.decline()}
      title={t('auth.stepUp.title')}
      closeButtonProps={{ 'aria-label': t('common.actions.close'), ...ownEscape }}
    >
      <StepUpForm withCode={withCode} />
    </Modal>
  )
}

const ownEscape = { 'data-mantine-stop-propagation': true }

function StepUpForm({ withCode }: { withCode: boolean }) {
  const { t } = useTranslation()
  const [value, setValue] = useState('')
  const prove = useMutation({
    mutationFn: (proof: string) => proveIdentity(withCode ? { totp_code: proof } : { password: proof }),
    onSuccess: stepUp.prove,
    onError: () => setValue(''),
  })
  const waiting = useCountdown(retryAt(prove.error)) > 0
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        if (value && !waiting) prove.mutate(value.trim())
      }}
    >
      <Stack gap="md">
        <Text>{withCode ? t('auth.stepUp.codeHint') : t('auth.stepUp.passwordHint')}</Text>
        <ErrorAlert error={prove.error} />
        {withCode ? (
          <ProofField
            value={value}
            disabled={prove.isPending || waiting}
            onChange={setValue}
            onComplete={prove.mutate}
          />
        ) : (
          <PasswordInput
            label={t('auth.signIn.password')}
            autoComplete="current-password"
            data-autofocus
            {...ownEscape}
            value={value}
            onChange={(event) => setValue(event.target.value)}
          />
        )}
        <Group justify="flex-end" gap="sm">
          <Button variant="default" onClick={stepUp.decline} {...ownEscape}>
            {t('common.actions.cancel')}
          </Button>
          <Button type="submit" loading={prove.isPending} disabled={!value || waiting} {...ownEscape}>
            {t('auth.stepUp.submit')}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
