import { Progress } from '@mantine/core'
import type { TFunction } from 'i18next'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import type { Batch } from '../../api/models'
import { usePaths } from '../../app/me'
import type { Column } from '../../ui/DataGrid/columns'
import { StatusText } from '../../ui/StatusText'
import { TimeAgo } from '../../ui/TimeAgo'
import css from './Ingestion.module.css'
import { isUnderWay } from './state'

/** The columns of the list of batches. */
export function useBatchColumns(): Column<Batch>[] {
  const { t } = useTranslation()
  const paths = usePaths()
  return useMemo(() => columns(t, paths), [t, paths])
}

function columns(t: TFunction, paths: ReturnType<typeof usePaths>): Column<Batch>[] {
  const number = (
    key: 'lines' | 'rejected' | 'rows_new' | 'indicators' | 'hosts_created',
    from: Column<Batch>['from'],
  ): Column<Batch> => ({
    key,
    header: t(`ingestion.column.${key}`),
    track: '84px',
    from,
    cell: (row) => (
      <span className={key === 'rejected' && row.rejected > 0 ? css.failed : undefined}>
        {t('ingestion.number', { count: row[key] })}
      </span>
    ),
  })
  return [
    {
      key: 'file',
      header: t('ingestion.column.file'),
      track: 'minmax(130px, 2fr)',
      fixed: true,
      cell: (row) => (
        <Link to={paths.batch(row.id)} className="truncate" title={row.filename}>
          {row.filename || t('ingestion.unnamed', { id: row.id })}
        </Link>
      ),
    },
    {
      key: 'status',
      header: t('ingestion.column.status'),
      track: 'minmax(112px, 1.2fr)',
      fixed: true,
      cell: (row) => <BatchState row={row} />,
    },
    {
      key: 'source',
      header: t('ingestion.column.source'),
      track: 'minmax(90px, 1fr)',
      from: 'lg',
      cell: (row) => row.source || t('ingestion.noSource'),
    },
    number('lines', 'md'),
    number('rejected', 'sm'),
    number('rows_new', 'md'),
    number('indicators', 'lg'),
    number('hosts_created', 'lg'),
    {
      key: 'created',
      header: t('ingestion.column.created'),
      track: '92px',
      from: 'md',
      cell: (row) => <TimeAgo at={row.created_at} />,
    },
  ]
}

/** The state of a batch, with a bar while it is under way. */
function BatchState({ row }: { row: Batch }) {
  const { t } = useTranslation()
  return (
    <span className={css.bar}>
      <StatusText status={row.status} />
      {isUnderWay(row) ? (
        <Progress
          size={6}
          value={row.progress * 100}
          color="var(--vc-running)"
          aria-label={t('ingestion.progressOf', { name: row.filename })}
        />
      ) : null}
    </span>
  )
}
