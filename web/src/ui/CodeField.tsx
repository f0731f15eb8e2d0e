import { PinInput, Text } from '@mantine/core'
import { useEffect, useId, useRef } from 'react'
import { useTranslation } from 'react-i18next'

interface CodeFieldProps {
  label: string
  value: string
  onChange: (code: string) => void
  /** Six digits are there: typed, pasted or filled in by the browser. */
  onComplete?: (code: string) => void
  disabled?: boolean
}

const digits = 6

/** The six digits an authenticator shows. */
export function CodeField({ label, onChange, onComplete, ...field }: CodeFieldProps) {
  const { t } = useTranslation()
  const id = useId()
  const first = useRef<HTMLInputElement>(null)
  useEffect(() => {
    // At first, and again after a code was refused.
    if (!field.disabled) first.current?.focus()
  }, [field.disabled])
  return (
    <div>
      <Text id={id} size="sm" fw={500} mb={4}>
        {label}
      </Text>
      <PinInput
        {...field}
        // With an id of its own making it would replace its boxes once, and lose the focus with them.
        id={`${id}-digits`}
        ref={first}
        length={digits}
        type="number"
        // PinInput's own onComplete stays silent when a code is pasted after another was refused.
        onChange={(code) => {
          onChange(code)
          if (code.length === digits) onComplete?.(code)
        }}
        size="md"
        oneTimeCode
        placeholder=""
        aria-labelledby={id}
        getInputProps={(index) => ({
          'aria-label': t('auth.totp.digit', { number: index + 1, of: digits }),
          // The first takes the focus of a dialog; Escape is the dialog's own affair.
          'data-autofocus': index === 0 || undefined,
          'data-mantine-stop-propagation': true,
        })}
      />
    </div>
  )
}
