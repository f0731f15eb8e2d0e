import '../../i18n/hostWork'
import '../../i18n/jobs'
import { Button, Group } from '@mantine/core'
import { IconDeviceDesktopDown } from '@tabler/icons-react'
import { lazy, Suspense, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Host } from '../../api/models'
import { useMay, useMe } from '../../app/me'
import { may } from '../../app/permissions'
import type { BulkAction } from '../../ui/BulkBar/actions'
import { useHostActions } from './bulkActions'
import { IsolationButtons } from './IsolationButtons'

const CollectDialog = lazy(async () => ({ default: (await import('./CollectDialog')).CollectDialog }))
const BulkDialog = lazy(async () => ({ default: (await import('../../ui/BulkBar/BulkDialog')).BulkDialog }))

/** What is done most with a host, beside the list it stays in. */
export function PeekActions({ host }: { host: Host }) {
  const { permissions } = useMe()
  const [asking, setAsking] = useState<BulkAction | null>(null)
  const actions = useHostActions().filter(
    ({ action, permission }) => (action === 'add_labels' || action === 'add_to_case') && may(permissions, permission),
  )
  const [collect, isolate] = [useMay('collections:start'), useMay('hosts:isolate')]
  return (
    <Group gap="xs">
      {collect && host.client_id ? <Collect host={host} /> : null}
      {isolate && host.client_id ? <IsolationButtons host={host} size="compact-sm" keys={false} /> : null}
      {actions.map((action) => {
        const Icon = action.icon
        return (
          <Button
            key={action.action}
            size="compact-sm"
            variant="default"
            leftSection={<Icon size={14} />}
            onClick={() => setAsking(action)}
          >
            {action.label}
          </Button>
        )
      })}
      <Suspense>
        {asking ? (
          <BulkDialog
            key={asking.action}
            action={asking}
            selection={{ resource: 'hosts', ids: [host.id] }}
            count={1}
            onStarted={() => setAsking(null)}
            onClose={() => setAsking(null)}
          />
        ) : null}
      </Suspense>
    </Group>
  )
}

function Collect({ host }: { host: Host }) {
  const { t } = useTranslation()
  const [open, setOpen] = useState(false)
  return (
    <>
      <Button size="compact-sm" leftSection={<IconDeviceDesktopDown size={14} />} onClick={() => setOpen(true)}>
        {t('hostWork.collect')}
      </Button>
      <Suspense>{open ? <CollectDialog host={host} onClose={() => setOpen(false)} /> : null}</Suspense>
    </>
  )
}
