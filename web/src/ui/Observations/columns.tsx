import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import type { Observation } from '../../api/models'
import { usePaths } from '../../app/me'
import type { Column } from '../DataGrid/columns'
import { TimeAgo } from '../TimeAgo'
import css from './Observations.module.css'
import { inOneLine } from './oneLine'
import { columnsOf, textOf } from './telling'

interface RowColumns {
  /** On a host's own page the rows do not name it. */
  ofHost: boolean
  /** The values that have a column of their own, where all rows are of one kind; else a row is one line of text. */
  values?: readonly string[]
}

const none: readonly string[] = []

/** So many values have a column of their own. */
const mostValues = 4

/** The values that rows of one artifact have columns for; none where rows of several are listed. */
export function useValueColumns(rows: readonly Observation[], oneKind: boolean): readonly string[] {
  const names = oneKind ? columnsOf(rows, mostValues).join('\n') : ''
  // By its text: more rows of the same kind must not make the grid anew.
  return useMemo(() => (names ? names.split('\n') : none), [names])
}

/** The columns of a list of rows. */
export function useRowColumns({ ofHost, values = none }: RowColumns): Column<Observation>[] {
  const { t } = useTranslation()
  const paths = usePaths()
  return useMemo(() => {
    const host: Column<Observation> = {
      key: 'host',
      header: t('observations.column.host'),
      track: 'minmax(100px, 160px)',
      cell: (row) => <Link to={paths.host(row.host_id)}>{row.hostname}</Link>,
    }
    const source: Column<Observation> = {
      key: 'source',
      header: t('observations.column.source'),
      track: 'minmax(110px, 190px)',
      from: 'sm',
      cell: (row) => <span title={row.source_name}>{row.source_name || row.source_kind}</span>,
    }
    const line: Column<Observation> = {
      key: 'row',
      header: t('observations.column.row'),
      track: 'minmax(120px, 4fr)',
      cell: (row) => <span className={css.row}>{inOneLine(row.data)}</span>,
    }
    return [
      {
        key: 'collected',
        header: t('observations.column.time'),
        track: '92px',
        sort: 'collected_at',
        from: 'sm',
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
      ...(values.length > 0 ? values.map(valueColumn) : [source, line]),
    ]
  }, [t, paths, ofHost, values])
}

/** A value of rows of one kind: the first ones have the most room, and stay the longest on a narrow window. */
function valueColumn(name: string, place: number): Column<Observation> {
  return {
    key: `value.${name}`,
    header: name,
    track: place === 1 ? 'minmax(110px, 3fr)' : 'minmax(90px, 1.4fr)',
    ...(place === 2 ? { from: 'md' } : place > 2 ? { from: 'lg' } : {}),
    cell: (row) => {
      const text = textOf(row.data?.[name]).slice(0, 400)
      return (
        <span className={css.row} title={text}>
          {text}
        </span>
      )
    },
  }
}
