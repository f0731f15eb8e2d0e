import { Button } from '@mantine/core'
import { IconRefresh } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import type { Connection } from '../../api/models'
import { usePaths } from '../../app/me'
import { keys } from '../../resources/keys'
import { syncNow } from '../../resources/velociraptor'
import { useErrorText } from '../../ui/errors'
import { Facts, Panel } from '../../ui/Page'
import { StatusText } from '../../ui/StatusText'
import { TimeAgo } from '../../ui/TimeAgo'
import { toastDone, toastFailed } from '../../ui/toast'
import { useRefresh } from '../../ui/useRows'
import css from './Connection.module.css'

/** How far the hosts are in step with the server's clients. */
export function SyncPanel({ row }: { row: Connection }) {
  const { t } = useTranslation()
  const paths = usePaths()
  const refresh = useRefresh()
  const text = useErrorText()
  const now = useMutation({
    mutationFn: syncNow,
    onSuccess: () => {
      toastDone(t('connection.sync.begun'))
      return refresh(keys.connection)
    },
    onError: (error) => toastFailed(text(error)),
  })
  const { sync } = row
  return (
    <Panel
      title={t('connection.sync.title')}
      actions={
        <Button
          size="compact-sm"
          variant="default"
          leftSection={<IconRefresh size={14} />}
          loading={now.isPending}
          disabled={sync?.status === 'running'}
          onClick={() => now.mutate()}
        >
          {t('connection.sync.now')}
        </Button>
      }
    >
      {sync ? (
        <Facts
          facts={[
            [t('connection.sync.state'), <StatusText key="state" status={sync.status} />],
            [
              t('connection.sync.clients'),
              <Link key="clients" to={paths.hosts}>
                {t('connection.number', { count: sync.clients })}
              </Link>,
            ],
            [t('connection.sync.new'), t('connection.number', { count: sync.new })],
            [t('connection.sync.gone'), t('connection.number', { count: sync.gone })],
            [t('connection.sync.last'), <TimeAgo key="last" at={sync.last_full_at} />],
          ]}
        />
      ) : (
        <p className={css.muted}>{t('connection.sync.none')}</p>
      )}
      {sync?.error ? <p className={css.failed}>{sync.error}</p> : null}
      <p className={css.muted}>{t('connection.sync.hint')}</p>
    </Panel>
  )
}
