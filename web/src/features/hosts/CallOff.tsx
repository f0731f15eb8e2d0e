import { Button } from '@mantine/core'
import { IconBan } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Host, Isolation } from '../../api/models'
import { useMay } from '../../app/me'
import { cancelIsolation } from '../../resources/hosts'
import { keys } from '../../resources/keys'
import { ConfirmDialog } from '../../ui/ConfirmDialog'
import { toastDone } from '../../ui/toast'
import { useRefresh } from '../../ui/useRows'

const open: readonly Isolation['status'][] = ['queued', 'running', 'waiting']

/** Calls an isolation or a release off while it is under way: a host that is away may hold it up for days. */
export function CallOff({ row, host }: { row: Isolation; host: Host }) {
  const { t } = useTranslation()
  const refresh = useRefresh()
  const [asking, setAsking] = useState(false)
  const cancel = useMutation({
    mutationFn: () => cancelIsolation(row.id),
    onSuccess: () => {
      setAsking(false)
      toastDone(t('hostWork.isolation.cancel.done'))
      return refresh(keys.hosts)
    },
  })
  if (!useMay('hosts:isolate') || !open.includes(row.status)) return null
  return (
    <>
      <Button
        size="compact-sm"
        variant="default"
        style={{ marginInlineStart: 'auto', flex: 'none' }}
        leftSection={<IconBan size={14} />}
        onClick={() => setAsking(true)}
      >
        {t('hostWork.isolation.cancel.button')}
      </Button>
      <ConfirmDialog
        opened={asking}
        title={t(`hostWork.isolation.cancel.${row.action}.title`, { name: host.hostname })}
        consequence={t(`hostWork.isolation.cancel.${row.action}.consequence`)}
        confirm={t('hostWork.isolation.cancel.confirm')}
        pending={cancel.isPending}
        error={cancel.error}
        onConfirm={() => cancel.mutate()}
        onClose={() => setAsking(false)}
      />
    </>
  )
}
