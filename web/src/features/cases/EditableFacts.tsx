import { Button, Select, TagsInput } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { Case } from '../../api/models'
import { SeverityShape } from '../../ui/SeverityBadge'
import { severityOf } from '../../ui/severity'
import { severities, statuses } from './filters'
import { usePeople } from './useNames'
import { usePatchCase } from './usePatchCase'

/** The facts of a case as fields; each change counts at once. */
export function EditableFacts({ row }: { row: Case }) {
  const { t } = useTranslation()
  const patch = usePatchCase(row.id)
  const { people, nameOf, me } = usePeople()
  const ids = new Set([...people.map((user) => user.id), ...(row.assignee_id == null ? [] : [row.assignee_id])])
  return (
    <>
      <Select
        label={t('cases.column.status')}
        allowDeselect={false}
        value={row.status}
        data={statuses.map((status) => ({ value: status, label: t(`common.status.${status}`) }))}
        onChange={(status) => patch.mutate({ status: status as (typeof statuses)[number] })}
      />
      <Select
        label={t('cases.column.severity')}
        allowDeselect={false}
        value={row.severity}
        leftSection={<SeverityShape severity={severityOf(row.severity)} coloured />}
        data={severities.map((severity) => ({ value: severity, label: t(`common.severity.${severity}`) }))}
        onChange={(severity) => patch.mutate({ severity: severity as (typeof severities)[number] })}
      />
      <Select
        label={t('cases.column.assignee')}
        placeholder={t('cases.unassigned')}
        clearable
        searchable={ids.size > 8}
        clearButtonProps={{ 'aria-label': t('common.actions.remove') }}
        value={row.assignee_id == null ? null : String(row.assignee_id)}
        data={[...ids].map((id) => ({ value: String(id), label: nameOf(id) }))}
        onChange={(id) => patch.mutate({ assignee_id: id === null ? null : Number(id) })}
      />
      {row.assignee_id === me.id ? null : (
        <Button
          variant="subtle"
          size="compact-sm"
          mt={-6}
          style={{ alignSelf: 'start' }}
          onClick={() => patch.mutate({ assignee_id: me.id })}
        >
          {t('cases.assignToMe')}
        </Button>
      )}
      <TagsInput label={t('cases.column.tags')} value={row.tags ?? []} onChange={(tags) => patch.mutate({ tags })} />
    </>
  )
}
