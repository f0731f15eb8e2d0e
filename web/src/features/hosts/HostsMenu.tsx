import '../../i18n/hostWork'
import '../../i18n/jobs'
import { Button, Menu } from '@mantine/core'
import { IconDeviceDesktop } from '@tabler/icons-react'
import { lazy, Suspense, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useMe } from '../../app/me'
import { may } from '../../app/permissions'
import { ActionItems } from '../../ui/BulkBar/ActionItems'
import type { BulkAction } from '../../ui/BulkBar/actions'
import { useShortcuts } from '../../ui/shortcuts'
import { useHostActions } from './bulkActions'

const BulkDialog = lazy(async () => ({ default: (await import('../../ui/BulkBar/BulkDialog')).BulkDialog }))

/** What is offered for the hosts behind rows of another kind. */
const offered = ['add_labels', 'add_to_case', 'run_playbook', 'isolate', 'release']

interface HostsMenuProps {
  hosts: number[]
  /** The act has begun. */
  onStarted: () => void
}

/** What can be done with the hosts that rows are about. */
export function HostsMenu({ hosts, onStarted }: HostsMenuProps) {
  const { t } = useTranslation()
  const { permissions } = useMe()
  const [asking, setAsking] = useState<BulkAction | null>(null)
  const actions = useHostActions().filter(
    (action) => offered.includes(action.action) && may(permissions, action.permission),
  )
  const isolate = actions.find((action) => action.action === 'isolate')
  useShortcuts(isolate && hosts.length > 0 ? { i: () => setAsking(isolate) } : {})
  if (actions.length === 0 || hosts.length === 0) return null
  return (
    <>
      <Menu position="top-end">
        <Menu.Target>
          <Button size="compact-sm" variant="default" leftSection={<IconDeviceDesktop size={14} />}>
            {t('hostWork.bulk.theirHosts', { count: hosts.length })}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <ActionItems actions={actions} onPick={setAsking} />
        </Menu.Dropdown>
      </Menu>
      <Suspense>
        {asking ? (
          <BulkDialog
            key={asking.action}
            action={asking}
            selection={{ resource: 'hosts', ids: hosts.toSorted((a, b) => a - b) }}
            count={hosts.length}
            onStarted={() => {
              setAsking(null)
              onStarted()
            }}
            onClose={() => setAsking(null)}
          />
        ) : null}
      </Suspense>
    </>
  )
}
