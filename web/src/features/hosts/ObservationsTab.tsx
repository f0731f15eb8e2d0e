import { RowFilters } from '../../ui/Observations/RowFilters'
import { RowList } from '../../ui/Observations/RowList'
import { useRowSearch } from '../../ui/Observations/useRowSearch'
import css from './Hosts.module.css'

/** The rows collected from a host. */
export function ObservationsTab({ hostId }: { hostId: number }) {
  const { query } = useRowSearch(hostId)
  return (
    <div className={css.rows}>
      <RowFilters ofHost />
      <RowList query={query} ofHost />
    </div>
  )
}
