import { useTranslation } from 'react-i18next'
import { usePreferences } from '../../app/preferences'
import { Heads, ScrollTable } from '../../ui/ScrollTable'
import { TimeAgo } from '../../ui/TimeAgo'
import { intlLanguage } from '../../ui/time'
import { zonesOf } from './when'

interface NextRunsProps {
  runs: string[]
  /** The schedule's own zone. */
  zone: string
}

/** The next times a schedule fires: how far off, in its own zone, in the person's and in UTC, each zone once. */
export function NextRuns({ runs, zone }: NextRunsProps) {
  const { t } = useTranslation()
  const { timeZone, language } = usePreferences()
  const mine = timeZone === 'local' ? Intl.DateTimeFormat().resolvedOptions().timeZone : timeZone
  const zones = zonesOf(zone, mine)
  const inZone = (at: string, name: string) =>
    new Intl.DateTimeFormat(intlLanguage(language), {
      timeZone: name,
      weekday: 'short',
      day: 'numeric',
      month: 'short',
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
    }).format(new Date(at))
  return (
    <ScrollTable
      label={t('schedules.form.next')}
      head={
        <Heads
          names={[
            t('schedules.column.cadence'),
            ...zones.map((name) =>
              name === mine && zones.length > 1 ? t('schedules.run.local', { zone: name }) : name,
            ),
          ]}
        />
      }
    >
      {runs.map((at) => (
        <tr key={at}>
          <td style={{ whiteSpace: 'nowrap' }}>
            <TimeAgo at={at} />
          </td>
          {zones.map((name) => (
            <td key={name}>{inZone(at, name)}</td>
          ))}
        </tr>
      ))}
    </ScrollTable>
  )
}
