import { useInfiniteQuery } from '@tanstack/react-query'
import { lazy, Suspense, useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { StackQuery, StackValue } from '../../api/models'
import { stackQuery } from '../../resources/observations'
import type { Column } from '../../ui/DataGrid/columns'
import { DataGrid } from '../../ui/DataGrid/DataGrid'
import { FilterBar } from '../../ui/FilterBar'
import { SearchField } from '../../ui/SearchField'
import { Split } from '../../ui/Split'
import { EmptyState, ErrorState, LoadingLines } from '../../ui/States'
import { TimeAgo } from '../../ui/TimeAgo'
import { useRows } from '../../ui/useRows'
import { useUrl } from '../../ui/useUrl'
import css from './Observations.module.css'
import { sortOf } from './stackFilters'

const ValueHosts = lazy(async () => ({ default: (await import('./ValueHosts')).ValueHosts }))

/** Values have no numbers of their own: the grid's keys are made from the order in which they came. */
type Numbered = StackValue & { place: number }

/** The values of one field; a click shows whose they are. */
export function StackValues({ filter }: { filter: StackQuery }) {
  const { t } = useTranslation()
  const [params, change] = useUrl()
  const query = useInfiniteQuery(stackQuery(filter))
  const { rows, ...list } = useRows(query)
  const numbered = useMemo(() => rows.map((row, place) => ({ ...row, place })), [rows])
  const columns = useValueColumns()
  const chosen = params.get('value')
  const open = numbered.find((row) => row.value === chosen)
  const pick = (row: Numbered) => change({ value: row.value === chosen ? null : row.value })
  return (
    <div className={css.values}>
      <FilterBar>
        <h2 className={css.heading}>{t('observations.stack.values', { field: filter.field })}</h2>
        <SearchField
          primary
          label={t('observations.stack.q')}
          value={params.get('q') ?? ''}
          onChange={(q) => change({ q })}
        />
        {query.data ? <span className={css.count}>{t('observations.stack.count', { count: list.total })}</span> : null}
      </FilterBar>
      {query.error && !query.data ? (
        <ErrorState error={query.error} retry={() => void query.refetch()} />
      ) : (
        <Split
          side={
            chosen !== null
              ? {
                  title: chosen,
                  label: t('observations.stack.whose'),
                  content: (
                    <Suspense fallback={<LoadingLines />}>
                      <ValueHosts field={filter.field} value={chosen} source={filter.source ?? ''} />
                    </Suspense>
                  ),
                }
              : null
          }
          onClose={() => change({ value: null })}
        >
          <DataGrid
            label={t('observations.stack.values', { field: filter.field })}
            columns={columns}
            rows={numbered}
            {...list}
            rowKey={(row) => row.place}
            sort={sortOf(params)}
            onSort={(sort) => change({ sort })}
            onOpen={pick}
            onPeek={pick}
            peeked={open?.place ?? null}
            empty={<EmptyState title={t('common.grid.noMatch')} />}
          />
        </Split>
      )}
    </div>
  )
}

function useValueColumns(): Column<Numbered>[] {
  const { t } = useTranslation()
  return useMemo(() => {
    const count = (key: 'hosts' | 'rows'): Column<Numbered> => ({
      key,
      header: t(`observations.stack.${key}`),
      track: '84px',
      sort: key,
      cell: (row) => row[key].toLocaleString(),
    })
    return [
      {
        key: 'value',
        header: t('observations.stack.value'),
        track: 'minmax(120px, 4fr)',
        sort: 'value',
        fixed: true,
        cell: (row) => (
          <span className="mono" title={row.value}>
            {row.value}
          </span>
        ),
      },
      count('hosts'),
      count('rows'),
      {
        key: 'first',
        header: t('observations.stack.first'),
        track: '92px',
        sort: 'first_seen',
        from: 'sm',
        cell: (row) => <TimeAgo at={row.first_seen} />,
      },
      {
        key: 'last',
        header: t('observations.stack.last'),
        track: '92px',
        from: 'md',
        cell: (row) => <TimeAgo at={row.last_seen} />,
      },
    ]
  }, [t])
}
