import { useTranslation } from 'react-i18next'
import type { Host } from '../../api/models'
import { StatusText } from '../../ui/StatusText'
import { TimeAgo } from '../../ui/TimeAgo'
import css from './Hosts.module.css'
import { statusOf } from './isolation'

/** Whether a host can be reached, and since when it can't. */
export function Reach({ host }: { host: Host }) {
  const { t } = useTranslation()
  return (
    <span className={css.criticality}>
      <StatusText status={host.online ? 'online' : 'offline'} />
      {host.online || !host.last_seen ? null : (
        <span className={css.muted}>
          {t('hosts.seen')} <TimeAgo at={host.last_seen} />
        </span>
      )}
    </span>
  )
}

/** How a host's isolation stands; nothing while it is simply on the network. */
export function IsolationMark({ host }: { host: Host }) {
  const status = statusOf(host)
  return status ? <StatusText status={status} /> : null
}

/** In a list: that a host is cut off matters more than whether it answers. */
export function HostState({ host }: { host: Host }) {
  return statusOf(host) ? <IsolationMark host={host} /> : <StatusText status={host.online ? 'online' : 'offline'} />
}
