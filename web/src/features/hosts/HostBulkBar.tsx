import '../../i18n/hostWork'
import type { HostQuery } from '../../api/models'
import { BulkBar } from '../../ui/BulkBar/BulkBar'
import type { Selection } from '../../ui/DataGrid/selection'
import { useHostActions } from './bulkActions'

interface HostBulkBarProps {
  selection: Selection
  filter: HostQuery
  total: number
}

/** What can be done with the hosts ticked. */
export function HostBulkBar(props: HostBulkBarProps) {
  return <BulkBar resource="hosts" actions={useHostActions()} {...props} />
}
