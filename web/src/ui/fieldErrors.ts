import { Problem } from '../api/problem'

/** Puts what the server said about single fields beside those fields. `names` maps its names to the form's. */
export function showFieldErrors(
  error: unknown,
  setFieldError: (field: string, message: string) => void,
  names: Record<string, string> = {},
): void {
  if (!(error instanceof Problem)) return
  for (const { location, message } of error.fields) {
    const name = location.split('.').pop() ?? ''
    setFieldError(names[name] ?? name, message)
  }
}
