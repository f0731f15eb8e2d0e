import { useTranslation } from 'react-i18next'
import type { Schedule } from '../../api/models'
import { usePreferences } from '../../app/preferences'
import { intlLanguage } from '../../ui/time'
import { cadenceOf } from './cadence'

/** The name of a day of the week; 0 is Sunday. */
export function dayName(day: number, language: string, weekday: 'long' | 'short' = 'long'): string {
  // 4 January 1970 was a Sunday.
  return new Intl.DateTimeFormat(language, { weekday, timeZone: 'UTC' }).format(new Date(Date.UTC(1970, 0, 4 + day)))
}

/** When a schedule fires, in words. */
export function useCadenceWords(): (schedule: Pick<Schedule, 'cron' | 'interval' | 'timezone'>) => string {
  const { t } = useTranslation()
  const language = intlLanguage(usePreferences().language)
  return ({ cron, interval, timezone }) => {
    if (!cron) return t('schedules.cadence.span', { span: interval })
    const cadence = cadenceOf(cron)
    const days = cadence.weekdays.map((day) => dayName(day, language))
    const words = t(`schedules.cadence.${cadence.kind}`, {
      count: cadence.hours,
      time: cadence.time,
      day: cadence.day,
      days: new Intl.ListFormat(language).format(days),
      cron: cadence.cron,
      span: cadence.span,
    })
    return timezone ? t('schedules.cadence.zone', { words, zone: timezone }) : words
  }
}
