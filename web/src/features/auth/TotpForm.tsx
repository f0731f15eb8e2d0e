import { Button, Group, PinInput, Stack, TextInput } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ErrorAlert } from '../../ui/ErrorAlert'
import css from './LoginPage.module.css'

interface TotpFormProps {
  username: string
  pending: boolean
  error: unknown
  onCode: (code: string) => void
  onBack: () => void
}

/** The second factor: six digits that go off by themselves, or a recovery code. */
export function TotpForm({ username, pending, error, onCode, onBack }: TotpFormProps) {
  const { t } = useTranslation()
  const [recovery, setRecovery] = useState(false)
  const [code, setCode] = useState('')
  const swap = () => {
    setRecovery(!recovery)
    setCode('')
  }
  const complete = (value: string) => {
    onCode(value)
    setCode('')
  }
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        if (code) onCode(code.trim())
      }}
    >
      <Stack gap="lg">
        <h1 className={css.title}>{t('auth.totp.title')}</h1>
        <p className={css.hint}>{t('auth.totp.hint', { username })}</p>
        <ErrorAlert error={error} />
        {recovery ? (
          <TextInput
            label={t('auth.totp.recoveryCode')}
            autoComplete="off"
            autoFocus
            value={code}
            onChange={(event) => setCode(event.target.value)}
          />
        ) : (
          <PinInput
            length={6}
            type="number"
            oneTimeCode
            autoFocus
            disabled={pending}
            aria-label={t('auth.totp.code')}
            value={code}
            onChange={setCode}
            onComplete={complete}
          />
        )}
        <Button type="submit" size="sm" loading={pending} disabled={!code} fullWidth>
          {t('auth.totp.submit')}
        </Button>
        <Group justify="space-between">
          <Button variant="subtle" size="compact-sm" onClick={swap}>
            {recovery ? t('auth.totp.useCode') : t('auth.totp.recovery')}
          </Button>
          <Button variant="subtle" color="gray" size="compact-sm" onClick={onBack}>
            {t('auth.totp.back')}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
