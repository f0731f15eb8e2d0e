import type { TFunction } from 'i18next'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import type { Hunt } from '../../api/models'
import { usePaths } from '../../app/me'
import type { Column } from '../../ui/DataGrid/columns'
import { Labels } from '../../ui/Labels'
import { StatusText } from '../../ui/StatusText'
import { TimeAgo } from '../../ui/TimeAgo'
import { HuntBar } from './HuntProgress'
import { isUnderWay, partsOf } from './state'

/** The columns of the list of hunts. */
export function useHuntColumns(): Column<Hunt>[] {
  const { t } = useTranslation()
  const paths = usePaths()
  return useMemo(() => columns(t, paths), [t, paths])
}

function columns(t: TFunction, paths: ReturnType<typeof usePaths>): Column<Hunt>[] {
  return [
    {
      key: 'description',
      header: t('hunts.column.description'),
      track: 'minmax(130px, 2fr)',
      fixed: true,
      cell: (row) => (
        <Link to={paths.hunt(row.id)} className="truncate" title={row.description}>
          {row.description}
        </Link>
      ),
    },
    {
      key: 'status',
      header: t('hunts.column.status'),
      track: 'minmax(104px, 120px)',
      fixed: true,
      cell: (row) => <StatusText status={row.status} />,
    },
    {
      key: 'progress',
      header: t('hunts.column.progress'),
      track: 'minmax(130px, 1fr)',
      from: 'sm',
      cell: (row) => <Answered row={row} />,
    },
    {
      key: 'artifacts',
      header: t('hunts.column.artifacts'),
      track: 'minmax(140px, 1.5fr)',
      from: 'lg',
      cell: (row) => <Labels labels={row.artifacts} limit={2} />,
    },
    {
      key: 'errors',
      header: t('hunts.column.errors'),
      track: '72px',
      from: 'md',
      cell: (row) => (
        <span style={row.errors > 0 ? { color: 'var(--vc-failed)' } : undefined}>
          {t('hunts.number', { count: row.errors })}
        </span>
      ),
    },
    {
      key: 'rows',
      header: t('hunts.column.rows'),
      track: '84px',
      from: 'md',
      cell: (row) => t('hunts.number', { count: row.rows }),
    },
    {
      key: 'created',
      header: t('hunts.column.created'),
      track: '92px',
      from: 'md',
      sort: 'created_at',
      cell: (row) => <TimeAgo at={row.created_at} />,
    },
  ]
}

/** How many hosts have answered, of how many, with a bar while it goes on. */
function Answered({ row }: { row: Hunt }) {
  const { t } = useTranslation()
  const { all } = partsOf(row)
  return (
    <span style={{ display: 'grid', gap: 3, width: '100%' }}>
      {t('hunts.progress.short', { count: row.finished, all })}
      {isUnderWay(row) ? <HuntBar hunt={row} size={4} /> : null}
    </span>
  )
}
