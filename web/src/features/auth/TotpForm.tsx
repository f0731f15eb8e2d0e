import { Button, Group, Stack, Text, TextInput } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { CodeField } from '../../ui/CodeField'
import { ErrorAlert } from '../../ui/ErrorAlert'
import { retryAt, useCountdown } from '../../ui/useCountdown'
import { CardHead } from './PublicPage'

interface TotpFormProps {
  username: string
  /** In a dialog, which has a heading of its own and where nobody else may sign in. */
  inDialog: boolean
  pending: boolean
  error: unknown
  onCode: (code: string) => void
  onBack: () => void
}

/** The second factor: six digits that go off by themselves, or a recovery code. */
export function TotpForm({ username, inDialog, pending, error, onCode, onBack }: TotpFormProps) {
  const { t } = useTranslation()
  const [recovery, setRecovery] = useState(false)
  const [code, setCode] = useState('')
  const waiting = useCountdown(retryAt(error)) > 0
  const swap = () => {
    setRecovery(!recovery)
    setCode('')
  }
  const send = (value: string) => {
    if (!value || waiting) return
    onCode(value)
    setCode('')
  }
  const hint = recovery ? t('auth.totp.recoveryHint', { username }) : t('auth.totp.hint', { username })
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        send(code.trim())
      }}
    >
      <Stack gap="lg">
        {inDialog ? <Text>{hint}</Text> : <CardHead title={t('auth.totp.title')} hint={hint} />}
        <ErrorAlert error={error} />
        {recovery ? (
          <TextInput
            label={t('auth.totp.recoveryCode')}
            autoComplete="off"
            autoCapitalize="none"
            spellCheck={false}
            autoFocus
            value={code}
            onChange={(event) => setCode(event.target.value)}
          />
        ) : (
          <CodeField
            label={t('auth.totp.code')}
            disabled={pending || waiting}
            value={code}
            onChange={setCode}
            onComplete={send}
          />
        )}
        <Button type="submit" size="sm" loading={pending} disabled={!code || waiting} fullWidth>
          {t('auth.totp.submit')}
        </Button>
        <Group justify="space-between">
          <Button variant="subtle" size="compact-sm" onClick={swap}>
            {recovery ? t('auth.totp.useCode') : t('auth.totp.recovery')}
          </Button>
          <Button variant="subtle" color="gray" size="compact-sm" onClick={onBack}>
            {inDialog ? t('common.actions.back') : t('auth.totp.back')}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
