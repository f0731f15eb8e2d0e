import '../../i18n/observations'
import { Button } from '@mantine/core'
import { IconArrowUp, IconTargetArrow } from '@tabler/icons-react'
import { useInfiniteQuery } from '@tanstack/react-query'
import { lazy, Suspense, useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useNavigate } from 'react-router'
import type { Hunt, HuntRow, HuntRowQuery } from '../../api/models'
import { usePaths } from '../../app/me'
import { huntRowsQuery } from '../../resources/hunts'
import { BulkArea } from '../../ui/BulkBar/BulkArea'
import { DataGrid } from '../../ui/DataGrid/DataGrid'
import { useSelection } from '../../ui/DataGrid/selection'
import { FilterBar, FilterSpace } from '../../ui/FilterBar'
import { useRowColumns, useValueColumns } from '../../ui/Observations/columns'
import { EmptyState, ErrorState, LoadingLines } from '../../ui/States'
import { useRows } from '../../ui/useRows'
import { useUrl } from '../../ui/useUrl'
import { isUnderWay } from './state'
import { useFreshRows } from './useFreshRows'

const ResultFilters = lazy(async () => ({ default: (await import('./ResultFilters')).ResultFilters }))
const SideDrawer = lazy(async () => ({ default: (await import('../../ui/SideDrawer')).SideDrawer }))
const RowDetail = lazy(async () => ({ default: (await import('../../ui/Observations/RowDetail')).RowDetail }))
const RowBar = lazy(async () => ({ default: (await import('../rows/RowBar')).RowBar }))

/** The rows of a hunt. What comes while one reads waits behind a button, so that nothing moves. */
export function ResultsTab({ hunt }: { hunt: Hunt }) {
  const { t } = useTranslation()
  const [params] = useUrl()
  const filter = filterOf(params)
  const key = JSON.stringify(filter)
  const query = useInfiniteQuery({ ...huntRowsQuery(hunt.id, filter), refetchOnWindowFocus: false })
  const list = useRows(query)
  const selection = useSelection(key, list.total)
  const oneKind = filter.artifact !== undefined || (hunt.artifacts ?? []).length === 1
  const columns = useRowColumns({ ofHost: false, values: useValueColumns(list.rows, oneKind) })
  const [open, setOpen] = useState<HuntRow | null>(null)
  const { fresh, round, take } = useFreshRows(hunt.rows, key, () => void query.refetch())
  const empty = !query.isPending && list.rows.length === 0
  // Nobody reads an empty list: the first rows come by themselves.
  useEffect(() => {
    if (empty && fresh > 0 && !query.isFetching) take()
  }, [empty, fresh, query.isFetching, take])
  if (query.error && !query.data) return <ErrorState error={query.error} retry={() => void query.refetch()} />
  return (
    <>
      <FilterBar>
        <Suspense fallback={<FilterSpace />}>
          <ResultFilters hunt={hunt} filter={filter} />
        </Suspense>
        <span role="status">
          {fresh > 0 && !empty ? (
            <Button
              size="compact-sm"
              radius="xl"
              leftSection={<IconArrowUp size={14} />}
              loading={query.isFetching}
              onClick={take}
            >
              {Object.keys(filter).length > 0
                ? t('hunts.results.freshSome')
                : t('hunts.results.fresh', { count: fresh })}
            </Button>
          ) : null}
        </span>
      </FilterBar>
      <DataGrid
        // Anew after each look, so that it begins at the top, where what is new stands.
        key={round}
        label={t('hunts.results.title')}
        columns={columns}
        {...list}
        rowKey={(row) => row.id}
        nameOf={(row) => t('hunts.results.row', { host: row.hostname, id: row.id })}
        selection={selection}
        onOpen={setOpen}
        empty={<Empty hunt={hunt} filtered={Object.keys(filter).length > 0} />}
      />
      <BulkArea
        ticked={selection.count}
        bar={
          <RowBar
            from={{ kind: 'hunt', id: hunt.id, title: hunt.description }}
            rows={list.rows.filter((row) => selection.has(row.id))}
            onClear={selection.clear}
          />
        }
      />
      <Opened row={open} onClose={() => setOpen(null)} />
    </>
  )
}

function filterOf(params: URLSearchParams): HuntRowQuery {
  const host = Number(params.get('host'))
  const artifact = params.get('artifact')
  const q = params.get('q')
  return { ...(host > 0 ? { host_id: host } : {}), ...(artifact ? { artifact } : {}), ...(q ? { q } : {}) }
}

/** One row in full, beside the list. */
function Opened({ row, onClose }: { row: HuntRow | null; onClose: () => void }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const paths = usePaths()
  return (
    <Suspense>
      {row ? (
        <SideDrawer
          size={560}
          title={t('observations.detail.title', { id: row.id })}
          content={
            <Suspense fallback={<LoadingLines lines={8} />}>
              <RowDetail
                row={row}
                onFilter={(field, value) =>
                  void navigate(
                    `${paths.observations}?${new URLSearchParams({ field, value, source_id: String(row.source_id) })}`,
                  )
                }
              />
            </Suspense>
          }
          onClose={onClose}
        />
      ) : null}
    </Suspense>
  )
}

function Empty({ hunt, filtered }: { hunt: Hunt; filtered: boolean }) {
  const { t } = useTranslation()
  const [, change] = useUrl()
  if (filtered) {
    return (
      <EmptyState
        title={t('common.grid.noMatch')}
        action={
          <Button variant="default" onClick={() => change({ host: null, artifact: null, q: null })}>
            {t('common.grid.clearFilters')}
          </Button>
        }
      />
    )
  }
  return (
    <EmptyState
      icon={IconTargetArrow}
      title={t(isUnderWay(hunt) ? 'hunts.results.noneYet' : 'hunts.results.none')}
      hint={isUnderWay(hunt) && !hunt.paused ? t('hunts.results.noneYetHint') : undefined}
    />
  )
}
