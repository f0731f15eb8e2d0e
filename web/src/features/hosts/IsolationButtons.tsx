import { Button } from '@mantine/core'
import { IconLock, IconLockOpen } from '@tabler/icons-react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Host } from '../../api/models'
import { hostQuery, isolateHost, releaseHost } from '../../resources/hosts'
import { keys } from '../../resources/keys'
import { ConfirmDialog } from '../../ui/ConfirmDialog'
import { useShortcuts } from '../../ui/shortcuts'
import { useTimeFormat } from '../../ui/time'
import { toastDone } from '../../ui/toast'
import { offered } from './isolation'

const acts = { isolate: isolateHost, release: releaseHost }
const icons = { isolate: IconLock, release: IconLockOpen }
type Act = keyof typeof acts

interface IsolationButtonsProps {
  host: Host
  size?: 'sm' | 'compact-sm'
  /** Whether the key i opens it: beside a list the key belongs to the rows ticked. */
  keys?: boolean
}

/** Cuts a host off the network or lets it back. Nothing is shown as done before the server has verified it. */
export function IsolationButtons({ host, size = 'sm', keys: byKey = true }: IsolationButtonsProps) {
  const { t } = useTranslation()
  const [asking, setAsking] = useState<Act | null>(null)
  const open = offered(host)
  useShortcuts(byKey && host.client_id ? { i: () => setAsking(open[0] ?? null) } : {})
  return (
    <>
      {open.map((act) => {
        const Icon = icons[act]
        return (
          <Button
            key={act}
            size={size}
            variant="default"
            c={act === 'isolate' ? 'var(--vc-failed)' : undefined}
            leftSection={<Icon size={15} />}
            disabled={!host.client_id}
            title={host.client_id ? undefined : t('hostWork.isolation.noClient')}
            aria-keyshortcuts={byKey && act === open[0] ? 'i' : undefined}
            onClick={() => setAsking(act)}
          >
            {t(`hostWork.isolation.${act}.button`)}
          </Button>
        )
      })}
      {asking ? <IsolationDialog key={asking} act={asking} host={host} onClose={() => setAsking(null)} /> : null}
    </>
  )
}

function IsolationDialog({ act, host, onClose }: { act: Act; host: Host; onClose: () => void }) {
  const { t } = useTranslation()
  const { exact } = useTimeFormat()
  const client = useQueryClient()
  const name = host.hostname
  const start = useMutation({
    mutationFn: (reason: string) => acts[act](host.id, reason, name),
    onSuccess: () => {
      toastDone(t(`hostWork.isolation.${act}.begun`, { name }))
      client.setQueryData<Host>(
        hostQuery(host.id).queryKey,
        (row) => row && { ...row, isolation: act === 'isolate' ? 'pending' : 'releasing' },
      )
      void client.invalidateQueries({ queryKey: [keys.hosts] })
      onClose()
    },
  })
  const away = host.online
    ? null
    : host.last_seen
      ? t('hostWork.isolation.away', { time: exact(host.last_seen) })
      : t('hostWork.isolation.neverSeen')
  return (
    <ConfirmDialog
      opened
      title={t(`hostWork.isolation.${act}.title`, { name })}
      consequence={[t(`hostWork.isolation.${act}.consequence`, { name }), away].filter(Boolean).join('\n\n')}
      confirm={t(`hostWork.isolation.${act}.confirm`)}
      reason={t('hostWork.isolation.reason')}
      typed={{ text: name, label: t('hostWork.isolation.type', { name }) }}
      pending={start.isPending}
      error={start.error}
      onConfirm={(reason) => start.mutate(reason)}
      onClose={onClose}
    />
  )
}
