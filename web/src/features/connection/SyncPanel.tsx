import { Button, Progress } from '@mantine/core'
import { IconRefresh } from '@tabler/icons-react'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import type { Sync } from '../../api/models'
import { usePaths } from '../../app/me'
import { keys } from '../../resources/keys'
import { syncNow, syncQuery } from '../../resources/velociraptor'
import { useErrorText } from '../../ui/errors'
import { Facts, Panel } from '../../ui/Page'
import { ErrorState, LoadingLines } from '../../ui/States'
import { StatusText } from '../../ui/StatusText'
import { TimeAgo } from '../../ui/TimeAgo'
import { toastDone, toastFailed } from '../../ui/toast'
import { useRefresh } from '../../ui/useRows'
import css from './Connection.module.css'

/** How far the hosts are in step with the server's clients. */
export function SyncPanel() {
  const { t } = useTranslation()
  const refresh = useRefresh()
  const text = useErrorText()
  const query = useQuery(syncQuery)
  const now = useMutation({
    mutationFn: syncNow,
    onSuccess: () => {
      toastDone(t('connection.sync.begun'))
      return refresh(keys.connection)
    },
    onError: (error) => toastFailed(text(error)),
  })
  return (
    <Panel
      title={t('connection.sync.title')}
      actions={
        <Button
          size="compact-sm"
          variant="default"
          leftSection={<IconRefresh size={14} />}
          loading={now.isPending}
          disabled={query.data?.pass === 'full'}
          onClick={() => now.mutate()}
        >
          {t('connection.sync.now')}
        </Button>
      }
    >
      {query.data ? (
        <SyncFacts sync={query.data} />
      ) : query.error ? (
        <ErrorState error={query.error} retry={() => void query.refetch()} />
      ) : (
        <LoadingLines lines={5} />
      )}
    </Panel>
  )
}

function SyncFacts({ sync }: { sync: Sync }) {
  const { t } = useTranslation()
  const paths = usePaths()
  const number = (name: 'new' | 'gone' | 'refused'): [string, string] => [
    t(`connection.sync.${name}`),
    t('connection.number', { count: sync[name] }),
  ]
  return (
    <>
      {sync.pass === 'full' ? (
        <Progress
          mb="sm"
          value={sync.progress * 100}
          color="var(--vc-running)"
          aria-label={t('connection.sync.progress')}
        />
      ) : null}
      <Facts
        facts={[
          [
            t('connection.sync.state'), // Between two passes nothing is wrong.
            <StatusText key="state" status={sync.status === 'waiting' ? 'active' : sync.status} />,
          ],
          [
            t('connection.sync.clients'),
            <Link key="clients" to={paths.hosts}>
              {t('connection.number', { count: sync.clients })}
            </Link>,
          ],
          number('new'),
          number('gone'),
          ...(sync.refused > 0 ? [number('refused')] : []),
          [t('connection.sync.last'), <TimeAgo key="last" at={sync.last_full_at} />],
          [t('connection.sync.online'), <TimeAgo key="online" at={sync.last_at} />],
        ]}
      />
      {sync.refused > 0 ? <p className={css.failed}>{sync.refusal}</p> : null}
      {sync.error ? <p className={css.failed}>{sync.error}</p> : null}
      <p className={css.muted}>{t('connection.sync.hint')}</p>
    </>
  )
}
