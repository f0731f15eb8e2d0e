import { Alert, Button, Group } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { lazy, Suspense, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Connection } from '../../api/models'
import { keys } from '../../resources/keys'
import { installCallbacks, removeCallbacks } from '../../resources/velociraptor'
import { ConfirmDialog } from '../../ui/ConfirmDialog'
import { CopyText } from '../../ui/CopyText'
import { ErrorAlert } from '../../ui/ErrorAlert'
import { Facts, Panel } from '../../ui/Page'
import { ExactTime, TimeAgo } from '../../ui/TimeAgo'
import { toastDone } from '../../ui/toast'
import { useRefresh } from '../../ui/useRows'
import { CheckList } from './CheckList'
import css from './Connection.module.css'

const ManualDrawer = lazy(async () => ({ default: (await import('./ManualDrawer')).ManualDrawer }))

/** Whether the server tells us when something is over, and how it is made to. */
export function CallbacksPanel({ row }: { row: Connection }) {
  const { t } = useTranslation()
  const refresh = useRefresh()
  const [manual, setManual] = useState(false)
  const install = useMutation({
    mutationFn: installCallbacks,
    onSuccess: (answer) => {
      if (answer.installed) toastDone(t('connection.callbacks.done'))
      return refresh(keys.connection)
    },
  })
  const { callbacks } = row
  const there = Boolean(callbacks?.installed_at)
  const refused = install.data && !install.data.installed
  return (
    <Panel title={t('connection.callbacks.title')}>
      {there ? (
        <Facts
          facts={[
            [t('connection.callbacks.installed'), <ExactTime key="installed" at={callbacks?.installed_at} />],
            [t('connection.callbacks.last'), <TimeAgo key="last" at={callbacks?.last_at} />],
            [t('connection.callbacks.count'), t('connection.number', { count: callbacks?.count ?? 0 })],
            [t('connection.callbacks.url'), <CopyText key="url" value={callbacks?.url} />],
          ]}
        />
      ) : (
        <p className={css.muted}>{t('connection.callbacks.none')}</p>
      )}
      {install.data || install.isPending ? <CheckList report={install.data ?? null} busy={install.isPending} /> : null}
      {refused ? (
        <Alert color="orange" variant="light" role="status">
          {t('connection.callbacks.refused')}
        </Alert>
      ) : null}
      <ErrorAlert error={install.error} />
      <Group gap="sm" mt="sm">
        <Button
          size="compact-sm"
          variant={there ? 'default' : 'filled'}
          loading={install.isPending}
          onClick={() => install.mutate()}
        >
          {t(there ? 'connection.callbacks.again' : 'connection.callbacks.install')}
        </Button>
        <Button size="compact-sm" variant="default" onClick={() => setManual(true)}>
          {t('connection.callbacks.manual')}
        </Button>
        {there ? <Remove onRemoved={install.reset} /> : null}
      </Group>
      <Suspense>{manual ? <ManualDrawer onClose={() => setManual(false)} /> : null}</Suspense>
    </Panel>
  )
}

function Remove({ onRemoved }: { onRemoved: () => void }) {
  const { t } = useTranslation()
  const refresh = useRefresh()
  const [asking, setAsking] = useState(false)
  const remove = useMutation({
    mutationFn: removeCallbacks,
    onSuccess: () => {
      setAsking(false)
      onRemoved()
      toastDone(t('connection.callbacks.removed'))
      return refresh(keys.connection)
    },
  })
  return (
    <>
      <Button size="compact-sm" variant="default" c="var(--vc-failed)" onClick={() => setAsking(true)}>
        {t('connection.callbacks.remove')}
      </Button>
      <ConfirmDialog
        opened={asking}
        title={t('connection.callbacks.removeTitle')}
        consequence={t('connection.callbacks.removeConsequence')}
        confirm={t('connection.callbacks.remove')}
        pending={remove.isPending}
        error={remove.error}
        onConfirm={() => remove.mutate()}
        onClose={() => setAsking(false)}
      />
    </>
  )
}
