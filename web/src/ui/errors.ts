import type { ParseKeys } from 'i18next'
import { useTranslation } from 'react-i18next'
import { Problem } from '../api/problem'

/**
 * Says in plain words what went wrong: the screen's own words for a code it knows, else the fields at fault, else the
 * server's sentence, else words for the status.
 */
export function useErrorText(): (error: unknown) => string {
  const { t, i18n } = useTranslation()
  return (error) => {
    if (!(error instanceof Problem)) return t('errors.byCode.http_500')
    const byCode = `errors.byCode.${error.code}`
    if (i18n.exists(byCode)) return t(byCode as ParseKeys) as string
    if (error.fields.length > 0) {
      return error.fields.map((field) => `${field.location.replace(/^body\./, '')}: ${field.message}`).join('; ')
    }
    const byStatus = `errors.byCode.http_${error.status}`
    return error.message || (t((i18n.exists(byStatus) ? byStatus : 'errors.byCode.http_500') as ParseKeys) as string)
  }
}
