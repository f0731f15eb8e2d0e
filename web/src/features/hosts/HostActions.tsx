import { Button } from '@mantine/core'
import { IconGitMerge, IconPencil } from '@tabler/icons-react'
import { lazy, Suspense, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Host } from '../../api/models'
import { useMay, usePaths } from '../../app/me'
import { deleteHost } from '../../resources/hosts'
import { keys } from '../../resources/keys'
import { DeleteAction } from '../../ui/DeleteAction'

const HostDialog = lazy(async () => ({ default: (await import('./HostDialog')).HostDialog }))
const MergeDialog = lazy(async () => ({ default: (await import('./MergeDialog')).MergeDialog }))

/** What can be done with a host, in the head of its page. */
export function HostActions({ host }: { host: Host }) {
  const { t } = useTranslation()
  const paths = usePaths()
  const [open, setOpen] = useState<'edit' | 'merge' | null>(null)
  if (!useMay('hosts:write')) return null
  const close = () => setOpen(null)
  return (
    <>
      <Button size="sm" variant="default" leftSection={<IconPencil size={15} />} onClick={() => setOpen('edit')}>
        {t('common.actions.edit')}
      </Button>
      <Button size="sm" variant="default" leftSection={<IconGitMerge size={15} />} onClick={() => setOpen('merge')}>
        {t('hostWork.merge.button')}
      </Button>
      <Suspense>
        {open === 'edit' ? <HostDialog host={host} onClose={close} /> : null}
        {open === 'merge' ? <MergeDialog host={host} onClose={close} /> : null}
      </Suspense>
      <DeleteAction
        title={t('hosts.delete.title', { name: host.hostname })}
        consequence={t('hosts.delete.consequence')}
        confirm={t('hosts.delete.confirm')}
        typed={{ text: host.hostname, label: t('hosts.delete.type', { name: host.hostname }) }}
        done={t('hosts.delete.done', { name: host.hostname })}
        action={() => deleteHost(host.id)}
        leadsTo={paths.hosts}
        touches={[keys.hosts, keys.dashboard]}
      />
    </>
  )
}
