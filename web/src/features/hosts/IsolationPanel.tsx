import '../../i18n/hostWork'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import type { Host, Isolation } from '../../api/models'
import { isolationsQuery } from '../../resources/hosts'
import { Panel } from '../../ui/Page'
import { StatusText } from '../../ui/StatusText'
import { TimeAgo } from '../../ui/TimeAgo'
import { CallOff } from './CallOff'
import css from './Hosts.module.css'
import { isChanging } from './isolation'

/** What was done to cut a host off and to let it back; nothing where nobody ever did. */
export function IsolationPanel({ host }: { host: Host }) {
  const { t } = useTranslation()
  const query = useQuery({ ...isolationsQuery(host.id), refetchInterval: isChanging(host) ? 5_000 : false })
  const rows = query.data?.rows ?? []
  if (rows.length === 0) return null
  return (
    <Panel title={t('hosts.column.isolation')}>
      <ul className={css.cases}>
        {rows.map((row) => (
          <IsolationLine key={row.id} row={row} host={host} />
        ))}
      </ul>
    </Panel>
  )
}

function IsolationLine({ row, host }: { row: Isolation; host: Host }) {
  const { t } = useTranslation()
  const verdict =
    row.status === 'completed' && row.verified !== true
      ? t('hostWork.isolation.unverified')
      : row.status === 'completed'
        ? t('hostWork.isolation.verified')
        : null
  return (
    <li className={css.choice}>
      <span className={css.choiceText}>
        <span className={css.aside}>
          <b>{t(`hostWork.isolation.${row.action}.name`)}</b>
          <StatusText status={row.status === 'completed' && row.verified !== true ? 'unverified' : row.status} />
          <span className={css.muted}>
            <TimeAgo at={row.created_at} />
          </span>
        </span>
        <span>{row.reason}</span>
        {verdict ? <span className={css.muted}>{verdict}</span> : null}
        {row.note ? <span className={css.muted}>{row.note}</span> : null}
        {row.error ? <span className={css.failed}>{row.error}</span> : null}
        {row.username ? <span className={css.muted}>{t('hostWork.isolation.by', { name: row.username })}</span> : null}
      </span>
      <CallOff row={row} host={host} />
    </li>
  )
}
