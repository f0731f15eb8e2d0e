import { Button, Stack, TextInput } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { CodeField } from './CodeField'

interface ProofFieldProps {
  value: string
  onChange: (proof: string) => void
  /** Six digits are there. */
  onComplete?: (code: string) => void
  disabled: boolean
}

/** In a dialog: the code an authenticator shows or, where that is lost, a recovery code. */
export function ProofField({ value, onChange, onComplete, disabled }: ProofFieldProps) {
  const { t } = useTranslation()
  const [recovery, setRecovery] = useState(false)
  const swap = () => {
    setRecovery(!recovery)
    onChange('')
  }
  return (
    <Stack gap="sm" align="flex-start">
      {recovery ? (
        <TextInput
          label={t('auth.totp.recoveryCode')}
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          autoFocus
          w="100%"
          // Escape is the dialog's own affair.
          data-mantine-stop-propagation
          value={value}
          onChange={(event) => onChange(event.target.value)}
        />
      ) : (
        <CodeField
          label={t('auth.totp.code')}
          disabled={disabled}
          value={value}
          onChange={onChange}
          onComplete={onComplete}
        />
      )}
      <Button variant="subtle" size="compact-sm" onClick={swap} data-mantine-stop-propagation>
        {recovery ? t('auth.totp.useCode') : t('auth.totp.recovery')}
      </Button>
    </Stack>
  )
}
