import { lazy, Suspense } from 'react'
import { FilterSpace } from '../../ui/FilterBar'
import { RowList } from '../../ui/Observations/RowList'
import { useRowSearch } from '../../ui/Observations/useRowSearch'
import css from './Hosts.module.css'

const RowFilters = lazy(async () => ({ default: (await import('../../ui/Observations/RowFilters')).RowFilters }))

/** The rows collected from a host. */
export function ObservationsTab({ hostId }: { hostId: number }) {
  const { filter, query } = useRowSearch(hostId)
  return (
    <div className={css.rows}>
      <Suspense fallback={<FilterSpace />}>
        <RowFilters ofHost />
      </Suspense>
      <RowList query={query} ofHost oneKind={'source' in filter || 'source_id' in filter} />
    </div>
  )
}
