import type { TFunction } from 'i18next'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import type { Collection } from '../../api/models'
import { usePaths } from '../../app/me'
import type { Column } from '../DataGrid/columns'
import { StatusText } from '../StatusText'
import { Elapsed, TimeAgo } from '../TimeAgo'

/** The columns of a list of collections; on a host's own page without the host. */
export function useCollectionColumns(ofHost: boolean): Column<Collection>[] {
  const { t } = useTranslation()
  const paths = usePaths()
  return useMemo(() => columns(t, paths, ofHost), [t, paths, ofHost])
}

function columns(t: TFunction, paths: ReturnType<typeof usePaths>, ofHost: boolean): Column<Collection>[] {
  const host: Column<Collection> = {
    key: 'host',
    header: t('collections.column.host'),
    track: 'minmax(84px, 1fr)',
    cell: (row) =>
      row.host_id ? <Link to={paths.host(row.host_id)}>{row.hostname || row.client_id}</Link> : row.client_id,
  }
  return [
    {
      key: 'artifact',
      header: t('collections.column.artifact'),
      track: 'minmax(110px, 2fr)',
      fixed: true,
      cell: (row) => (
        <Link to={paths.collection(row.id)} className="truncate" title={row.artifact_name}>
          {row.artifact_name}
        </Link>
      ),
    },
    ...(ofHost ? [] : [host]),
    {
      key: 'status',
      header: t('collections.column.status'),
      track: '112px',
      fixed: true,
      cell: (row) => <StatusText status={row.status} />,
    },
    {
      key: 'rows',
      header: t('collections.column.rows'),
      track: '84px',
      from: 'sm',
      cell: (row) => t('collections.number', { count: row.rows }),
    },
    {
      key: 'error',
      header: t('collections.column.error'),
      track: 'minmax(120px, 2fr)',
      from: 'lg',
      cell: (row) => (
        <span className="truncate" title={row.error}>
          {row.error}
        </span>
      ),
    },
    {
      key: 'created',
      header: t('collections.column.created'),
      track: '92px',
      from: 'sm',
      cell: (row) => <TimeAgo at={row.created_at} />,
    },
    {
      key: 'took',
      header: t('collections.column.took'),
      track: '92px',
      from: 'md',
      cell: (row) => <Elapsed from={row.created_at} to={row.finished_at} />,
    },
  ]
}
