import { useTranslation } from 'react-i18next'
import type { CaseQuery } from '../../api/models'
import { BulkBar } from '../../ui/BulkBar/BulkBar'
import type { Selection } from '../../ui/DataGrid/selection'
import { caseActions } from './bulkActions'
import { usePeople } from './useNames'

interface CaseBulkBarProps {
  selection: Selection
  filter: CaseQuery
  total: number
}

/** What can be done with the cases ticked. */
export function CaseBulkBar(props: CaseBulkBarProps) {
  const { t } = useTranslation()
  const { people, nameOf } = usePeople()
  const assignees = people.map(({ id }) => ({ value: String(id), label: nameOf(id) }))
  return <BulkBar resource="cases" actions={caseActions(t, assignees)} {...props} />
}
