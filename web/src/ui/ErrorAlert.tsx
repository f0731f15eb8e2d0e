import { Alert } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { useErrorText } from './errors'
import { countdown, retryAt, useCountdown } from './useCountdown'

/** In a form: why the server refused it, and when it takes another try; nothing without an error. */
export function ErrorAlert({ error }: { error: unknown }) {
  const { t } = useTranslation()
  const text = useErrorText()
  const until = retryAt(error)
  const left = useCountdown(until)
  if (!error) return null
  if (until !== null && left === 0) {
    return (
      <Alert color="gray" variant="light" role="status">
        {t('errors.retryNow')}
      </Alert>
    )
  }
  return (
    <Alert color="red" variant="light" role="alert">
      {text(error)}
      {left > 0 ? (
        // Seen each second, but not said each second.
        <span role="timer" aria-live="off" style={{ display: 'block', fontWeight: 600 }}>
          {t('errors.retryIn', { time: countdown(left) })}
        </span>
      ) : null}
    </Alert>
  )
}
