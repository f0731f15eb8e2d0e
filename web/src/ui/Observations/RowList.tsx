import '../../i18n/observations'
import { Button } from '@mantine/core'
import { IconEye } from '@tabler/icons-react'
import type { InfiniteData, UseInfiniteQueryResult } from '@tanstack/react-query'
import { lazy, type ReactNode, Suspense, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Page } from '../../api/call'
import type { Observation } from '../../api/models'
import { Problem } from '../../api/problem'
import { BulkArea } from '../BulkBar/BulkArea'
import { DataGrid } from '../DataGrid/DataGrid'
import { useSelection } from '../DataGrid/selection'
import { EmptyState, ErrorState, LoadingLines, StaleNotice } from '../States'
import { useRows } from '../useRows'
import { useUrl } from '../useUrl'
import { useRowColumns, useValueColumns } from './columns'
import { filterNames, isFiltered, sortOf } from './filters'

const SideDrawer = lazy(async () => ({ default: (await import('../SideDrawer')).SideDrawer }))
const RowDetail = lazy(async () => ({ default: (await import('./RowDetail')).RowDetail }))

interface RowListProps {
  query: UseInfiniteQueryResult<InfiniteData<Page<Observation>>, Error>
  /** On a host's own page the rows do not name it. */
  ofHost: boolean
  /** The rows stand as they are: the address neither sorts nor narrows them. */
  fixed?: boolean
  /** The rows are of one artifact: its values have columns. */
  oneKind?: boolean
  /** What can be done with rows that are ticked: without it none can be. */
  bar?: (rows: Observation[], clear: () => void) => ReactNode
}

/** Rows that hosts reported; a click shows one in full. */
export function RowList({ query, ofHost, fixed = false, oneKind = false, bar }: RowListProps) {
  const { t } = useTranslation()
  const [params, change] = useUrl()
  const list = useRows(query)
  const columns = useRowColumns({ ofHost, values: useValueColumns(list.rows, oneKind) })
  const selection = useSelection(params.toString(), list.total)
  const [open, setOpen] = useState<Observation | null>(null)
  const filter = (field: string, value: string) => {
    change({ field, value })
    setOpen(null)
  }
  const retry = () => void query.refetch()
  // The server asks to narrow what would take minutes: that is an answer, not a failure.
  const tooWide = query.error instanceof Problem && query.error.status === 422
  if (tooWide) return <EmptyState title={t('observations.narrow')} hint={query.error?.message} />
  if (query.error && !query.data) return <ErrorState error={query.error} retry={retry} />
  return (
    <>
      {query.error ? <StaleNotice error={query.error} updatedAt={query.dataUpdatedAt} retry={retry} /> : null}
      <DataGrid
        label={t('observations.title')}
        columns={columns}
        {...list}
        rowKey={(row) => row.id}
        sort={fixed ? undefined : sortOf(params)}
        onSort={fixed ? undefined : (sort) => change({ sort })}
        onOpen={setOpen}
        nameOf={(row) => t('observations.detail.title', { id: row.id })}
        selection={bar ? selection : undefined}
        empty={
          isFiltered(params) ? (
            <EmptyState
              title={t('common.grid.noMatch')}
              hint={t('common.grid.noMatchHint')}
              action={
                <Button
                  variant="default"
                  onClick={() => change(Object.fromEntries(filterNames.map((name) => [name, null])))}
                >
                  {t('common.grid.clearFilters')}
                </Button>
              }
            />
          ) : (
            <EmptyState icon={IconEye} title={t('observations.empty')} hint={t('observations.emptyHint')} />
          )
        }
      />
      {bar ? (
        <BulkArea
          ticked={selection.count}
          bar={bar(
            list.rows.filter((row) => selection.has(row.id)),
            selection.clear,
          )}
        />
      ) : null}
      <Suspense>
        {open ? (
          <SideDrawer
            size={560}
            title={t('observations.detail.title', { id: open.id })}
            content={
              <Suspense fallback={<LoadingLines lines={8} />}>
                <RowDetail row={open} onFilter={fixed ? undefined : filter} />
              </Suspense>
            }
            onClose={() => setOpen(null)}
          />
        ) : null}
      </Suspense>
    </>
  )
}
