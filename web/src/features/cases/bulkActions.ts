import {
  IconDownload,
  IconFlag,
  IconPlayerPlay,
  IconProgress,
  IconTag,
  IconTagOff,
  IconTrash,
  IconUser,
} from '@tabler/icons-react'
import type { TFunction } from 'i18next'
import type { BulkAction } from '../../ui/BulkBar/actions'
import { severities, statuses } from './filters'

type Choice = { value: string; label: string }

/** What can be done with the cases ticked; `assignees` are those they can be given to. */
export function caseActions(t: TFunction, assignees: Choice[]): BulkAction[] {
  const write = { permission: 'cases:write' } as const
  const choice = (name: string, label: string, data: Choice[], rest = {}) =>
    ({ name, kind: 'choice', label, data, ...rest }) as const
  const tags = { name: 'tags', kind: 'tags', label: t('cases.column.tags') } as const
  const status = statuses.map((value) => ({ value, label: t(`common.status.${value}`) }))
  const severity = severities.map((value) => ({ value, label: t(`common.severity.${value}`) }))
  const formats = ['csv', 'ndjson'].map((value) => ({ value, label: value.toUpperCase() }))
  const first = { ...write, primary: true }
  return [
    {
      ...first,
      action: 'set_status',
      label: t('cases.bulk.setStatus'),
      icon: IconProgress,
      fields: [choice('status', t('cases.column.status'), status)],
    },
    {
      ...first,
      action: 'set_severity',
      label: t('cases.bulk.setSeverity'),
      icon: IconFlag,
      fields: [choice('severity', t('cases.column.severity'), severity)],
    },
    {
      ...first,
      action: 'assign',
      label: t('cases.bulk.assign'),
      icon: IconUser,
      fields: [choice('assignee_id', t('cases.column.assignee'), assignees, { numeric: true })],
    },
    { ...first, action: 'add_tags', label: t('cases.bulk.addTags'), icon: IconTag, key: 'l', fields: [tags] },
    { ...write, action: 'remove_tags', label: t('cases.bulk.removeTags'), icon: IconTagOff, fields: [tags] },
    {
      permission: 'executions:start',
      action: 'run_playbook',
      label: t('cases.bulk.runPlaybook'),
      icon: IconPlayerPlay,
      playbook: { row: 'case' },
    },
    {
      permission: 'cases:read',
      action: 'export',
      label: t('cases.bulk.export'),
      icon: IconDownload,
      fields: [choice('format', t('cases.bulk.format'), formats, { first: 'csv' })],
    },
    {
      ...write,
      action: 'delete',
      label: t('common.actions.delete'),
      icon: IconTrash,
      danger: t('cases.bulk.deleteWarning'),
    },
  ]
}
