import { Button } from '@mantine/core'
import { IconDeviceDesktopDown, IconGitMerge, IconPencil } from '@tabler/icons-react'
import { lazy, Suspense, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Host } from '../../api/models'
import { useMay, usePaths } from '../../app/me'
import { deleteHost } from '../../resources/hosts'
import { keys } from '../../resources/keys'
import { DeleteAction } from '../../ui/DeleteAction'
import { useShortcuts } from '../../ui/shortcuts'
import { useUrl } from '../../ui/useUrl'
import { IsolationButtons } from './IsolationButtons'

const CollectDialog = lazy(async () => ({ default: (await import('./CollectDialog')).CollectDialog }))
const HostDialog = lazy(async () => ({ default: (await import('./HostDialog')).HostDialog }))
const MergeDialog = lazy(async () => ({ default: (await import('./MergeDialog')).MergeDialog }))

/** What can be done with a host, in the head of its page. */
export function HostActions({ host }: { host: Host }) {
  const [collect, isolate, work] = [useMay('collections:start'), useMay('hosts:isolate'), useMay('hosts:write')]
  return (
    <>
      {collect ? <CollectButton host={host} /> : null}
      {isolate ? <IsolationButtons host={host} /> : null}
      {work ? <WorkButtons host={host} /> : null}
    </>
  )
}

/** Opens the form that collects from the host; the address may open it, with an artifact in it. */
function CollectButton({ host }: { host: Host }) {
  const { t } = useTranslation()
  const [params, change] = useUrl()
  const open = () => change({ collect: '1' })
  const asked = params.get('collect')
  useShortcuts(host.client_id ? { v: open } : {})
  return (
    <>
      <Button
        size="sm"
        leftSection={<IconDeviceDesktopDown size={15} />}
        disabled={!host.client_id}
        title={host.client_id ? undefined : t('hostWork.isolation.noClient')}
        aria-keyshortcuts="v"
        onClick={open}
      >
        {t('hostWork.collect')}
      </Button>
      <Suspense>
        {asked && host.client_id ? (
          <CollectDialog host={host} first={asked === '1' ? '' : asked} onClose={() => change({ collect: null })} />
        ) : null}
      </Suspense>
    </>
  )
}

function WorkButtons({ host }: { host: Host }) {
  const { t } = useTranslation()
  const paths = usePaths()
  const [open, setOpen] = useState<'edit' | 'merge' | null>(null)
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
