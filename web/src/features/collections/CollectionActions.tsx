import { Button, Menu } from '@mantine/core'
import { IconBraces, IconDownload, IconPlayerStop, IconRefresh, IconTable } from '@tabler/icons-react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Collection } from '../../api/models'
import { useMay } from '../../app/me'
import { cancelCollection, collectionQuery, exportCollected, retryCollection } from '../../resources/collections'
import { keys } from '../../resources/keys'
import { ConfirmDialog } from '../../ui/ConfirmDialog'
import { useErrorText } from '../../ui/errors'
import { saveFile } from '../../ui/saveFile'
import { toastDone, toastFailed } from '../../ui/toast'
import { canCancel, canRetry } from './state'

/** What can be done with a collection, in the head of its page. */
export function CollectionActions({ row }: { row: Collection }) {
  const start = useMay('collections:start')
  return (
    <>
      {row.rows > 0 ? <ExportMenu row={row} /> : null}
      {start && canCancel(row) ? <Cancel row={row} /> : null}
      {start && canRetry(row) ? <Retry row={row} /> : null}
    </>
  )
}

/** Shows what the server answered, and has the lists fetched again. */
function useChanged(id: number) {
  const client = useQueryClient()
  return (after: Collection) => {
    client.setQueryData<Collection>(collectionQuery(id).queryKey, after)
    void client.invalidateQueries({ queryKey: [keys.collections] })
  }
}

function Cancel({ row }: { row: Collection }) {
  const { t } = useTranslation()
  const changed = useChanged(row.id)
  const [asking, setAsking] = useState(false)
  const cancel = useMutation({
    mutationFn: () => cancelCollection(row.id),
    onSuccess: (after) => {
      setAsking(false)
      changed(after)
    },
  })
  return (
    <>
      <Button size="sm" variant="default" leftSection={<IconPlayerStop size={15} />} onClick={() => setAsking(true)}>
        {t('collections.cancel.open')}
      </Button>
      <ConfirmDialog
        opened={asking}
        title={t('collections.cancel.title')}
        consequence={t('collections.cancel.consequence', { host: row.hostname || row.client_id })}
        confirm={t('collections.cancel.confirm')}
        pending={cancel.isPending}
        error={cancel.error}
        onConfirm={() => cancel.mutate()}
        onClose={() => setAsking(false)}
      />
    </>
  )
}

function Retry({ row }: { row: Collection }) {
  const { t } = useTranslation()
  const text = useErrorText()
  const changed = useChanged(row.id)
  const retry = useMutation({
    mutationFn: () => retryCollection(row.id),
    onSuccess: changed,
    onError: (error) => toastFailed(text(error)),
  })
  return (
    <Button
      size="sm"
      variant="default"
      leftSection={<IconRefresh size={15} />}
      loading={retry.isPending}
      onClick={() => retry.mutate()}
    >
      {t('collections.retry')}
    </Button>
  )
}

function ExportMenu({ row }: { row: Collection }) {
  const { t } = useTranslation()
  const text = useErrorText()
  const fetch = useMutation({
    mutationFn: (format: 'csv' | 'ndjson') => exportCollected(row.id, format),
    onSuccess: (file, format) => {
      saveFile(file, `collection-${row.id}.${format}`)
      toastDone(t('collections.export.done'))
    },
    onError: (error) => toastFailed(text(error)),
  })
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button size="sm" variant="default" leftSection={<IconDownload size={15} />} loading={fetch.isPending}>
          {t('collections.export.button')}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item leftSection={<IconTable size={16} />} onClick={() => fetch.mutate('csv')}>
          {t('collections.export.csv')}
        </Menu.Item>
        <Menu.Item leftSection={<IconBraces size={16} />} onClick={() => fetch.mutate('ndjson')}>
          {t('collections.export.ndjson')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}
