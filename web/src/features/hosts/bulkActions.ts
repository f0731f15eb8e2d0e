import {
  IconBriefcase,
  IconDownload,
  IconGauge,
  IconLock,
  IconLockOpen,
  IconPlayerPlay,
  IconTag,
  IconTagOff,
  IconTrash,
  IconUser,
} from '@tabler/icons-react'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { BulkAction } from '../../ui/BulkBar/actions'
import { criticalities } from './filters'

/** What can be done with the hosts ticked. */
export function useHostActions(): BulkAction[] {
  const { t } = useTranslation()
  return useMemo(() => {
    const labels = { name: 'labels', kind: 'tags', label: t('hosts.column.labels') } as const
    const format = {
      name: 'format',
      kind: 'choice',
      label: t('hostWork.bulk.format'),
      first: 'csv',
      data: ['csv', 'ndjson'].map((value) => ({ value, label: value.toUpperCase() })),
    } as const
    const criticality = {
      name: 'criticality',
      kind: 'choice',
      label: t('hosts.column.criticality'),
      data: criticalities.map((value) => ({ value, label: t(`hosts.criticality.${value}`) })),
    } as const
    const action = (name: BulkAction['action'] & keyof typeof names, rest: Omit<BulkAction, 'action' | 'label'>) => ({
      action: name,
      label: names[name],
      ...rest,
    })
    const names = {
      add_labels: t('hostWork.bulk.addLabels'),
      remove_labels: t('hostWork.bulk.removeLabels'),
      add_to_case: t('hostWork.bulk.addToCase'),
      run_playbook: t('hostWork.bulk.runPlaybook'),
      set_criticality: t('hostWork.bulk.setCriticality'),
      set_owner: t('hostWork.bulk.setOwner'),
      export: t('hostWork.bulk.export'),
      delete: t('common.actions.delete'),
      isolate: t('hostWork.isolation.bulk.isolate'),
      release: t('hostWork.isolation.bulk.release'),
    }
    return [
      action('add_labels', { icon: IconTag, permission: 'hosts:write', key: 'l', primary: true, fields: [labels] }),
      action('add_to_case', {
        icon: IconBriefcase,
        permission: 'cases:write',
        key: 'c',
        primary: true,
        fields: [{ name: 'case_id', kind: 'case', label: t('hostWork.bulk.case') }],
      }),
      action('run_playbook', {
        icon: IconPlayerPlay,
        permission: 'executions:start',
        primary: true,
        playbook: { row: 'host' },
      }),
      action('export', { icon: IconDownload, permission: 'hosts:read', primary: true, fields: [format] }),
      action('remove_labels', { icon: IconTagOff, permission: 'hosts:write', fields: [labels] }),
      action('set_criticality', { icon: IconGauge, permission: 'hosts:write', fields: [criticality] }),
      action('set_owner', {
        icon: IconUser,
        permission: 'hosts:write',
        fields: [
          {
            name: 'owner',
            kind: 'text',
            label: t('hosts.column.owner'),
            hint: t('hostWork.bulk.ownerHint'),
            maxLength: 200,
            optional: true,
          },
        ],
      }),
      action('isolate', {
        icon: IconLock,
        permission: 'hosts:isolate',
        key: 'i',
        danger: t('hostWork.isolation.bulk.isolateWarning'),
        confirm: (count) => t('hostWork.isolation.bulk.isolateConfirm', { count }),
        reason: t('hostWork.isolation.reason'),
      }),
      action('release', {
        icon: IconLockOpen,
        permission: 'hosts:isolate',
        danger: t('hostWork.isolation.bulk.releaseWarning'),
        confirm: (count) => t('hostWork.isolation.bulk.releaseConfirm', { count }),
        reason: t('hostWork.isolation.reason'),
      }),
      action('delete', { icon: IconTrash, permission: 'hosts:write', danger: t('hostWork.bulk.deleteWarning') }),
    ]
  }, [t])
}
