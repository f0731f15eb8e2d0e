import { SegmentedControl } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { lazy, useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { Link, useNavigate } from 'react-router'
import type { Hunt, HuntHost } from '../../api/models'
import { usePaths } from '../../app/me'
import { huntHostsQuery } from '../../resources/hunts'
import { BulkArea } from '../../ui/BulkBar/BulkArea'
import type { Column } from '../../ui/DataGrid/columns'
import { DataGrid } from '../../ui/DataGrid/DataGrid'
import { useSelection } from '../../ui/DataGrid/selection'
import { EmptyState, ErrorState } from '../../ui/States'
import { StatusText } from '../../ui/StatusText'
import { TimeAgo } from '../../ui/TimeAgo'
import { useRows } from '../../ui/useRows'
import { useUrl } from '../../ui/useUrl'
import { isUnderWay } from './state'

const HostBulkBar = lazy(async () => ({ default: (await import('../hosts/HostBulkBar')).HostBulkBar }))

const pollEvery = 5_000

const groups = {
  waiting: ['pending', 'launching', 'scheduled'],
  running: ['running', 'fetching'],
  done: ['done'],
  error: ['error'],
} as const satisfies Record<string, readonly HuntHost['status'][]>
type Group = keyof typeof groups

/** The words the screen has for where a host of a hunt stands. */
const statusOf: Record<HuntHost['status'], string> = {
  pending: 'pending',
  launching: 'queued',
  scheduled: 'waiting',
  running: 'running',
  fetching: 'running',
  done: 'completed',
  error: 'failed',
}

/** An endpoint that is no host of ours yet has no number: it gets one below zero, from the order in which they came. */
type Numbered = HuntHost & { key: number }

/** The hosts of a hunt, with how far each is. */
export function HostsTab({ hunt }: { hunt: Hunt }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const paths = usePaths()
  const [params, change] = useUrl()
  const group = (Object.keys(groups) as Group[]).find((name) => name === params.get('hosts'))
  const query = useInfiniteQuery({
    ...huntHostsQuery(hunt.id, group ? { status: [...groups[group]] } : {}),
    refetchInterval: isUnderWay(hunt) ? pollEvery : false,
  })
  const { rows, ...list } = useRows(query)
  const numbered = useMemo(() => rows.map((row, place) => ({ ...row, key: row.host_id ?? -1 - place })), [rows])
  const selection = useSelection(group ?? '', list.total)
  // What is no host of ours can't be acted on.
  const known = useMemo(() => {
    const ids = new Set([...selection.ids].filter((id) => id > 0))
    return { ...selection, ids, count: ids.size }
  }, [selection])
  const columns = useHostColumns()
  if (query.error && !query.data) return <ErrorState error={query.error} retry={() => void query.refetch()} />
  return (
    <>
      <SegmentedControl
        size="xs"
        style={{ alignSelf: 'start' }}
        aria-label={t('hunts.filter.status')}
        value={group ?? ''}
        onChange={(hosts) => change({ hosts })}
        data={[
          { value: '', label: t('hunts.filter.all') },
          ...(Object.keys(groups) as Group[]).map((value) => ({ value, label: t(`hunts.hosts.${value}`) })),
        ]}
      />
      <DataGrid
        label={t('hunts.hosts.title')}
        columns={columns}
        rows={numbered}
        {...list}
        rowKey={(row) => row.key}
        nameOf={(row) => row.hostname || row.client_id}
        selection={selection}
        onOpen={(row) => row.host_id && void navigate(paths.host(row.host_id))}
        empty={<EmptyState title={t(group ? 'common.grid.noMatch' : 'hunts.hosts.none')} />}
      />
      <BulkArea ticked={selection.count} bar={<HostBulkBar selection={known} filter={{}} total={known.count} />} />
    </>
  )
}

function useHostColumns(): Column<Numbered>[] {
  const { t } = useTranslation()
  const paths = usePaths()
  return useMemo(
    () => [
      {
        key: 'host',
        header: t('hunts.hosts.host'),
        track: 'minmax(120px, 1.2fr)',
        fixed: true,
        cell: (row) =>
          row.host_id ? (
            <Link to={paths.host(row.host_id)} title={row.client_id}>
              {row.hostname || row.client_id}
            </Link>
          ) : (
            <span className="mono">{row.client_id}</span>
          ),
      },
      {
        key: 'status',
        header: t('hunts.column.status'),
        track: '112px',
        fixed: true,
        cell: (row) => <StatusText status={statusOf[row.status]} />,
      },
      {
        key: 'online',
        header: t('hunts.hosts.online'),
        track: '92px',
        from: 'md',
        cell: (row) => <StatusText status={row.online ? 'online' : 'offline'} />,
      },
      {
        key: 'rows',
        header: t('hunts.column.rows'),
        track: '72px',
        from: 'sm',
        cell: (row) => t('hunts.number', { count: row.rows }),
      },
      {
        key: 'error',
        header: t('hunts.hosts.why'),
        track: 'minmax(120px, 2fr)',
        from: 'sm',
        cell: (row) => <span title={row.error}>{row.cause || row.error}</span>,
      },
      {
        key: 'at',
        header: t('hunts.hosts.changed'),
        track: '92px',
        from: 'md',
        cell: (row) => <TimeAgo at={row.updated_at} />,
      },
    ],
    [t, paths],
  )
}
