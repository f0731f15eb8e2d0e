import {
  IconBriefcase,
  IconCalendarX,
  IconDownload,
  IconPlayerPlay,
  IconShare,
  IconTag,
  IconTagOff,
  IconThumbDown,
  IconThumbUp,
  IconTrash,
} from '@tabler/icons-react'
import type { TFunction } from 'i18next'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { BulkAction } from '../../ui/BulkBar/actions'
import { tlps } from './filters'

/** What can be done with the indicators ticked. */
export function useIndicatorActions(): BulkAction[] {
  const { t } = useTranslation()
  return useMemo(() => [...first(t), ...marks(t), ...last(t)], [t])
}

const tags = (t: TFunction) => ({ name: 'tags', kind: 'tags', label: t('indicators.column.tags') }) as const

function first(t: TFunction): BulkAction[] {
  return [
    {
      action: 'add_to_case',
      label: t('indicators.bulk.addToCase'),
      icon: IconBriefcase,
      permission: 'cases:write',
      key: 'c',
      primary: true,
      fields: [{ name: 'case_id', kind: 'case', label: t('indicators.bulk.case') }],
    },
    {
      action: 'set_tlp',
      label: t('indicators.bulk.setTlp'),
      icon: IconShare,
      permission: 'indicators:write',
      primary: true,
      fields: [
        {
          name: 'tlp',
          kind: 'choice',
          label: t('indicators.column.tlp'),
          data: tlps.map((value) => ({ value, label: `TLP:${value.toUpperCase()}` })),
        },
      ],
    },
    {
      action: 'add_tags',
      label: t('indicators.bulk.addTags'),
      icon: IconTag,
      permission: 'indicators:write',
      key: 'l',
      primary: true,
      fields: [tags(t)],
    },
    {
      action: 'run_playbook',
      label: t('indicators.bulk.runPlaybook'),
      icon: IconPlayerPlay,
      permission: 'executions:start',
      primary: true,
      playbook: { row: 'artifact' },
    },
  ]
}

function marks(t: TFunction): BulkAction[] {
  return [
    {
      action: 'set_expiry',
      label: t('indicators.bulk.setExpiry'),
      icon: IconCalendarX,
      permission: 'indicators:write',
      fields: [
        {
          name: 'expires_at',
          kind: 'moment',
          label: t('indicators.form.expires'),
          hint: t('indicators.form.expiresHint'),
          optional: true,
        },
      ],
    },
    {
      action: 'mark_false_positive',
      label: t('indicators.bulk.markFalse'),
      icon: IconThumbDown,
      permission: 'indicators:write',
      fields: [{ name: 'reason', kind: 'text', label: t('indicators.fp.reason'), maxLength: 500, lines: 2 }],
    },
    {
      action: 'unmark_false_positive',
      label: t('indicators.fp.unmark'),
      icon: IconThumbUp,
      permission: 'indicators:write',
    },
  ]
}

function last(t: TFunction): BulkAction[] {
  return [
    {
      action: 'remove_tags',
      label: t('indicators.bulk.removeTags'),
      icon: IconTagOff,
      permission: 'indicators:write',
      fields: [tags(t)],
    },
    {
      action: 'export',
      label: t('indicators.bulk.export'),
      icon: IconDownload,
      permission: 'indicators:read',
      fields: [
        {
          name: 'format',
          kind: 'choice',
          label: t('indicators.bulk.format'),
          first: 'csv',
          data: ['csv', 'ndjson'].map((value) => ({ value, label: value.toUpperCase() })),
        },
      ],
    },
    {
      action: 'delete',
      label: t('common.actions.delete'),
      icon: IconTrash,
      permission: 'indicators:write',
      danger: t('indicators.bulk.deleteWarning'),
    },
  ]
}
