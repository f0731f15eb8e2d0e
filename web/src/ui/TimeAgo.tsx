import { useTranslation } from 'react-i18next'
import { usePreferences } from '../app/preferences'
import { duration, intlLanguage, relative, useNow, useTimeFormat } from './time'

/** A moment as "4m ago", the exact time in the title. */
export function TimeAgo({ at }: { at: string | null | undefined }) {
  const { t } = useTranslation()
  const { language } = usePreferences()
  const { exact } = useTimeFormat()
  const present = useNow()
  if (!at) return <span>{t('common.time.never')}</span>
  return (
    <time dateTime={at} title={exact(at)}>
      {relative(Date.parse(at), present, intlLanguage(language)) ?? t('common.time.justNow')}
    </time>
  )
}

/** A moment in full. */
export function ExactTime({ at }: { at: string | null | undefined }) {
  const { t } = useTranslation()
  const { exact } = useTimeFormat()
  if (!at) return <span>{t('common.notSet')}</span>
  return <time dateTime={at}>{exact(at)}</time>
}

/** How long something took, or has been going on. */
export function Elapsed({ from, to }: { from: string | null | undefined; to?: string | null }) {
  const present = useNow()
  if (!from) return <span>{'–'}</span>
  return <span>{duration((to ? Date.parse(to) : Math.max(present, Date.parse(from))) - Date.parse(from))}</span>
}
