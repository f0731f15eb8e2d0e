import { Button, Group } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { lazy, Suspense, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Callbacks } from '../../api/models'
import { callbacksQuery } from '../../resources/velociraptor'
import { CopyText } from '../../ui/CopyText'
import { Facts, Panel } from '../../ui/Page'
import { ErrorState, LoadingLines } from '../../ui/States'
import { ExactTime, TimeAgo } from '../../ui/TimeAgo'
import { CheckList } from './CheckList'
import css from './Connection.module.css'

const InstallDialog = lazy(async () => ({ default: (await import('./InstallDialog')).InstallDialog }))
const RemoveDialog = lazy(async () => ({ default: (await import('./RemoveDialog')).RemoveDialog }))

/** Whether the server tells us when something is over, and how it is made to. */
export function CallbacksPanel() {
  const { t } = useTranslation()
  const query = useQuery(callbacksQuery)
  return (
    <Panel title={t('connection.callbacks.title')}>
      {query.data ? (
        <Standing row={query.data} />
      ) : query.error ? (
        <ErrorState error={query.error} retry={() => void query.refetch()} />
      ) : (
        <LoadingLines lines={3} />
      )}
    </Panel>
  )
}

function Standing({ row }: { row: Callbacks }) {
  const { t } = useTranslation()
  const [open, setOpen] = useState<'install' | 'remove' | null>(null)
  const close = () => setOpen(null)
  const there = row.status !== 'none'
  // What is well needs no line here.
  const wrong = row.checks.filter((check) => !check.ok)
  return (
    <>
      <p className={css.muted} role="status">
        {t(`connection.callbacks.status.${row.status}`)}
      </p>
      {there ? (
        <Facts
          facts={[
            [t('connection.callbacks.installed'), <ExactTime key="installed" at={row.installed_at} />],
            [t('connection.callbacks.last'), <TimeAgo key="last" at={row.last_at} />],
            [t('connection.callbacks.count'), t('connection.number', { count: row.count })],
            [t('connection.callbacks.url'), <CopyText key="url" value={row.url} />],
          ]}
        />
      ) : null}
      {wrong.length > 0 ? <CheckList report={{ checks: wrong }} busy={false} /> : null}
      <Group gap="sm" mt="sm">
        <Button size="compact-sm" variant={there ? 'default' : 'filled'} onClick={() => setOpen('install')}>
          {t(there ? 'connection.callbacks.again' : 'connection.callbacks.install')}
        </Button>
        {there ? (
          <Button size="compact-sm" variant="default" c="var(--vc-failed)" onClick={() => setOpen('remove')}>
            {t('connection.callbacks.remove')}
          </Button>
        ) : null}
      </Group>
      <Suspense>
        {open === 'install' ? <InstallDialog row={row} onClose={close} /> : null}
        {open === 'remove' ? <RemoveDialog onClose={close} /> : null}
      </Suspense>
    </>
  )
}
