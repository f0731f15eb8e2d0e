import { Button, Modal } from '@mantine/core'
import { IconPlugConnectedX, IconRefresh, IconStethoscope } from '@tabler/icons-react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { lazy, Suspense, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Connection } from '../../api/models'
import { keys } from '../../resources/keys'
import { connectionQuery, deleteConnection } from '../../resources/velociraptor'
import { ConfirmDialog } from '../../ui/ConfirmDialog'
import { toastDone } from '../../ui/toast'
import type { useStoredTest } from './useStoredTest'

const ConnectForm = lazy(async () => ({ default: (await import('./ConnectForm')).ConnectForm }))

interface ConnectionActionsProps {
  row: Connection
  test: ReturnType<typeof useStoredTest>
}

/** What can be done with a connection: check it, give it other keys, end it. */
export function ConnectionActions({ row, test }: ConnectionActionsProps) {
  const { t } = useTranslation()
  const [open, setOpen] = useState<'replace' | 'delete' | null>(null)
  const close = () => setOpen(null)
  return (
    <>
      <Button
        size="sm"
        variant="default"
        leftSection={<IconStethoscope size={15} />}
        loading={test.busy}
        onClick={test.run}
      >
        {t('connection.form.test')}
      </Button>
      <Button size="sm" variant="default" leftSection={<IconRefresh size={15} />} onClick={() => setOpen('replace')}>
        {t('connection.replace.button')}
      </Button>
      <Button
        size="sm"
        variant="default"
        c="var(--vc-failed)"
        leftSection={<IconPlugConnectedX size={15} />}
        onClick={() => setOpen('delete')}
      >
        {t('connection.delete.button')}
      </Button>
      <Modal
        opened={open === 'replace'}
        onClose={close}
        size="lg"
        title={t('connection.replace.title')}
        closeButtonProps={{ 'aria-label': t('common.actions.close') }}
      >
        <Suspense>
          <ConnectForm org={row.org_id} onSaved={close} />
        </Suspense>
      </Modal>
      {open === 'delete' ? <DeleteDialog row={row} onClose={close} /> : null}
    </>
  )
}

function DeleteDialog({ row, onClose }: { row: Connection; onClose: () => void }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const remove = useMutation({
    mutationFn: deleteConnection,
    onSuccess: () => {
      toastDone(t('connection.delete.done'))
      onClose()
      client.setQueryData(connectionQuery.queryKey, null)
      void client.invalidateQueries({ queryKey: [keys.connection] })
      client.removeQueries({ queryKey: [keys.veloArtifacts] })
    },
  })
  return (
    <ConfirmDialog
      opened
      title={t('connection.delete.title')}
      consequence={t('connection.delete.consequence')}
      confirm={t('connection.delete.confirm')}
      typed={{ text: row.address, label: t('connection.delete.type', { address: row.address }) }}
      pending={remove.isPending}
      error={remove.error}
      onConfirm={() => remove.mutate()}
      onClose={onClose}
    />
  )
}
