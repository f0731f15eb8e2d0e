import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import type { Observation } from '../../api/models'
import { usePaths } from '../../app/me'
import type { Column } from '../DataGrid/columns'
import { TimeAgo } from '../TimeAgo'
import css from './Observations.module.css'
import { inOneLine } from './oneLine'

/** The columns of a list of rows; on a host's own page without the host. */
export function useRowColumns(ofHost: boolean): Column<Observation>[] {
  const { t } = useTranslation()
  const paths = usePaths()
  return useMemo(() => {
    const host: Column<Observation> = {
      key: 'host',
      header: t('observations.column.host'),
      track: 'minmax(100px, 160px)',
      cell: (row) => <Link to={paths.host(row.host_id)}>{row.hostname}</Link>,
    }
    return [
      {
        key: 'collected',
        header: t('observations.column.time'),
        track: '92px',
        sort: 'collected_at',
        cell: (row) => <TimeAgo at={row.collected_at} />,
      },
      {
        key: 'event',
        header: t('observations.column.event'),
        track: '92px',
        sort: 'event_time',
        from: 'md',
        cell: (row) => (row.event_time ? <TimeAgo at={row.event_time} /> : null),
      },
      ...(ofHost ? [] : [host]),
      {
        key: 'source',
        header: t('observations.column.source'),
        track: 'minmax(110px, 190px)',
        from: 'sm',
        cell: (row) => <span title={row.source_name}>{row.source_name || row.source_kind}</span>,
      },
      {
        key: 'row',
        header: t('observations.column.row'),
        track: 'minmax(120px, 4fr)',
        cell: (row) => <span className={css.row}>{inOneLine(row.data)}</span>,
      },
    ]
  }, [t, paths, ofHost])
}
