import type { TFunction } from 'i18next'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import type { Host } from '../../api/models'
import { usePaths } from '../../app/me'
import type { Column } from '../../ui/DataGrid/columns'
import { Labels } from '../../ui/Labels'
import { ScoreBadge } from '../../ui/SeverityBadge'
import { TimeAgo } from '../../ui/TimeAgo'
import { Criticality } from './Criticality'
import { HostState } from './HostState'
import { osName } from './osName'

/** The columns of the list of hosts. */
export function useHostColumns(onLabel: (label: string) => void): Column<Host>[] {
  const { t } = useTranslation()
  const paths = usePaths()
  return useMemo(() => [...columns(t, paths, onLabel), ...columnsAtWish(t)], [t, paths, onLabel])
}

function columns(t: TFunction, paths: ReturnType<typeof usePaths>, onLabel: (label: string) => void): Column<Host>[] {
  return [
    {
      key: 'hostname',
      header: t('hosts.column.hostname'),
      track: 'minmax(130px, 2.4fr)',
      sort: 'hostname',
      fixed: true,
      cell: (host) => <Link to={paths.host(host.id)}>{host.hostname}</Link>,
    },
    {
      key: 'score',
      header: t('hosts.column.score'),
      track: '108px',
      sort: 'threat_score',
      fixed: true,
      cell: (host) => <ScoreBadge score={host.threat_score} />,
    },
    {
      key: 'os',
      header: t('hosts.column.os'),
      track: 'minmax(80px, 1fr)',
      sort: 'os',
      from: 'md',
      cell: (host) => osName(host.os),
    },
    {
      key: 'ip',
      header: t('hosts.column.ip'),
      track: '124px',
      sort: 'ip_address',
      from: 'md',
      cell: (host) => <span className="mono">{host.ip_address}</span>,
    },
    {
      key: 'labels',
      header: t('hosts.column.labels'),
      track: 'minmax(120px, 1.4fr)',
      from: 'lg',
      cell: (host) => <Labels labels={host.labels} limit={2} onPick={onLabel} />,
    },
    {
      key: 'criticality',
      header: t('hosts.column.criticality'),
      track: '92px',
      sort: 'criticality',
      from: 'lg',
      cell: (host) => <Criticality value={host.criticality} />,
    },
    {
      key: 'lastSeen',
      header: t('hosts.column.lastSeen'),
      track: '96px',
      sort: 'last_seen',
      from: 'sm',
      cell: (host) => <TimeAgo at={host.last_seen} />,
    },
    {
      key: 'state',
      header: t('hosts.column.state'),
      track: '128px',
      from: 'sm',
      cell: (host) => <HostState host={host} />,
    },
  ]
}

/** Those that are hidden until somebody asks for them. */
function columnsAtWish(t: TFunction): Column<Host>[] {
  return [
    {
      key: 'owner',
      header: t('hosts.column.owner'),
      track: 'minmax(80px, 1fr)',
      sort: 'owner',
      cell: (host) => host.owner,
    },
    {
      key: 'isolation',
      header: t('hosts.column.isolation'),
      track: '96px',
      cell: (host) => t(`hosts.isolationState.${host.isolation}`),
    },
    {
      key: 'client',
      header: t('hosts.column.client'),
      track: '160px',
      cell: (host) => <span className="mono">{host.client_id}</span>,
    },
    {
      key: 'created',
      header: t('hosts.column.created'),
      track: '96px',
      sort: 'created_at',
      cell: (host) => <TimeAgo at={host.first_seen ?? host.created_at} />,
    },
  ]
}
