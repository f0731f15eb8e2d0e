import { Stack } from '@mantine/core'
import { lazy, Suspense } from 'react'
import { useTranslation } from 'react-i18next'
import type { Case } from '../../api/models'
import { useMay } from '../../app/me'
import { Labels } from '../../ui/Labels'
import { Facts, Panel } from '../../ui/Page'
import { SeverityBadge } from '../../ui/SeverityBadge'
import { StatusText } from '../../ui/StatusText'
import { ExactTime, TimeAgo } from '../../ui/TimeAgo'
import { usePeople } from './useNames'

const EditableFacts = lazy(async () => ({ default: (await import('./EditableFacts')).EditableFacts }))

/** The facts of a case, changed in place by those who may. */
export function CaseFacts({ row }: { row: Case }) {
  const { t } = useTranslation()
  const work = useMay('cases:write')
  return (
    <Panel title={t('cases.facts')}>
      <Stack gap="md">
        {work ? (
          <Suspense fallback={<PlainFacts row={row} />}>
            <EditableFacts row={row} />
          </Suspense>
        ) : (
          <PlainFacts row={row} />
        )}
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
