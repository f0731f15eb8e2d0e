import '../../i18n/indicators'
import type { ArtifactQuery } from '../../api/models'
import { BulkBar } from '../../ui/BulkBar/BulkBar'
import type { Selection } from '../../ui/DataGrid/selection'
import { useIndicatorActions } from './bulkActions'

interface IndicatorBulkBarProps {
  selection: Selection
  filter: ArtifactQuery
  total: number
}

/** What can be done with the indicators ticked. */
export function IndicatorBulkBar(props: IndicatorBulkBarProps) {
  return <BulkBar resource="artifacts" actions={useIndicatorActions()} {...props} />
}
