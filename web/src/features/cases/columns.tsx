import type { TFunction } from 'i18next'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import type { Case } from '../../api/models'
import { usePaths } from '../../app/me'
import type { Column } from '../../ui/DataGrid/columns'
import { Labels } from '../../ui/Labels'
import { SeverityBadge } from '../../ui/SeverityBadge'
import { StatusText } from '../../ui/StatusText'
import { TimeAgo } from '../../ui/TimeAgo'

type NameOf = (id: number | null | undefined) => string

/** The columns of the list of cases. */
export function useCaseColumns(nameOf: NameOf): Column<Case>[] {
  const { t } = useTranslation()
  const paths = usePaths()
  return useMemo(() => columns(t, paths, nameOf), [t, paths, nameOf])
}

function columns(t: TFunction, paths: ReturnType<typeof usePaths>, nameOf: NameOf): Column<Case>[] {
  return [
    {
      key: 'id',
      header: t('cases.column.id'),
      track: '64px',
      from: 'sm',
      sort: 'id',
      cell: (row) => <span className="mono">{`#${row.id}`}</span>,
    },
    {
      key: 'title',
      header: t('cases.column.title'),
      track: 'minmax(120px, 3fr)',
      sort: 'title',
      fixed: true,
      cell: (row) => <Link to={paths.case(row.id)}>{row.title}</Link>,
    },
    {
      key: 'severity',
      header: t('cases.column.severity'),
      track: '92px',
      sort: 'severity',
      cell: (row) => <SeverityBadge severity={row.severity} />,
    },
    {
      key: 'status',
      header: t('cases.column.status'),
      track: '116px',
      sort: 'status',
      cell: (row) => <StatusText status={row.status} />,
    },
    {
      key: 'assignee',
      header: t('cases.column.assignee'),
      track: 'minmax(90px, 1fr)',
      from: 'md',
      cell: (row) => nameOf(row.assignee_id),
    },
    {
      key: 'tags',
      header: t('cases.column.tags'),
      track: 'minmax(100px, 1.2fr)',
      from: 'lg',
      cell: (row) => <Labels labels={row.tags} limit={2} />,
    },
    {
      key: 'updated',
      header: t('cases.column.updated'),
      track: '96px',
      sort: 'updated_at',
      from: 'md',
      cell: (row) => <TimeAgo at={row.updated_at} />,
    },
  ]
}
