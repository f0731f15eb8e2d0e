import { Alert } from '@mantine/core'
import { useErrorText } from './errors'

/** In a form: why the server refused it; nothing without an error. */
export function ErrorAlert({ error }: { error: unknown }) {
  const text = useErrorText()
  if (!error) return null
  return (
    <Alert color="red" variant="light" role="alert">
      {text(error)}
    </Alert>
  )
}
