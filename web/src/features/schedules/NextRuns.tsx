import { useTranslation } from 'react-i18next'
import { Heads, ScrollTable } from '../../ui/ScrollTable'
import { TimeAgo } from '../../ui/TimeAgo'
import { useTimeFormat } from '../../ui/time'

const inUTC = new Intl.DateTimeFormat('en-GB', {
  timeZone: 'UTC',
  weekday: 'short',
  day: '2-digit',
  month: 'short',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23',
})

/** The next times a schedule fires: how far off, in the person's own zone, and in UTC. */
export function NextRuns({ runs }: { runs: string[] }) {
  const { t } = useTranslation()
  const { exact } = useTimeFormat()
  return (
    <ScrollTable
      label={t('schedules.form.next')}
      head={<Heads names={[t('schedules.column.cadence'), t('schedules.run.local'), t('schedules.run.utc')]} />}
    >
      {runs.map((at) => (
        <tr key={at}>
          <td style={{ whiteSpace: 'nowrap' }}>
            <TimeAgo at={at} />
          </td>
          <td>{exact(at)}</td>
          <td>{inUTC.format(new Date(at))}</td>
        </tr>
      ))}
    </ScrollTable>
  )
}
