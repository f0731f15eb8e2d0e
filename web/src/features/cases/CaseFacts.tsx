import { Button, Select, Stack, TagsInput } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { Case } from '../../api/models'
import { useMay } from '../../app/me'
import { Labels } from '../../ui/Labels'
import { Facts, Panel } from '../../ui/Page'
import { SeverityBadge, SeverityShape } from '../../ui/SeverityBadge'
import { StatusText } from '../../ui/StatusText'
import { severityOf } from '../../ui/severity'
import { ExactTime, TimeAgo } from '../../ui/TimeAgo'
import { severities, statuses } from './filters'
import { usePeople } from './useNames'
import { usePatchCase } from './usePatchCase'

/** The facts of a case, changed in place by those who may. */
export function CaseFacts({ row }: { row: Case }) {
  const { t } = useTranslation()
  const work = useMay('cases:write')
  return (
    <Panel title={t('cases.facts')}>
      <Stack gap="md">
        {work ? <EditableFacts row={row} /> : <PlainFacts row={row} />}
        <Facts
          facts={[
            [t('cases.column.created'), <ExactTime key="created" at={row.created_at} />],
            [t('cases.column.updated'), <TimeAgo key="updated" at={row.updated_at} />],
          ]}
        />
      </Stack>
    </Panel>
  )
}

function PlainFacts({ row }: { row: Case }) {
  const { t } = useTranslation()
  const { nameOf } = usePeople()
  return (
    <Facts
      facts={[
        [t('cases.column.status'), <StatusText key="status" status={row.status} />],
        [t('cases.column.severity'), <SeverityBadge key="severity" severity={row.severity} />],
        [t('cases.column.assignee'), nameOf(row.assignee_id)],
        [t('cases.column.tags'), <Labels key="tags" labels={row.tags} />],
      ]}
    />
  )
}

function EditableFacts({ row }: { row: Case }) {
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
