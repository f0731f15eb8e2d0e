import { Button } from '@mantine/core'
import { IconKey, IconPlus } from '@tabler/icons-react'
import { useMutation, useQuery } from '@tanstack/react-query'
import { lazy, Suspense, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { ApiKey } from '../../api/models'
import { apiKeysQuery, revokeApiKey } from '../../resources/account'
import { keys } from '../../resources/keys'
import { ConfirmDialog } from '../../ui/ConfirmDialog'
import { Panel } from '../../ui/Page'
import { EmptyState, ErrorState, LoadingLines } from '../../ui/States'
import { TimeAgo } from '../../ui/TimeAgo'
import { useNow } from '../../ui/time'
import { toastDone } from '../../ui/toast'
import { useRefresh } from '../../ui/useRows'
import { useUrl } from '../../ui/useUrl'
import css from './Profile.module.css'

const NewKeyDialog = lazy(async () => ({ default: (await import('./NewKeyDialog')).NewKeyDialog }))

/** What programs may do in one's name. */
export function ApiKeysTab() {
  const { t } = useTranslation()
  const query = useQuery(apiKeysQuery)
  const [params, change] = useUrl()
  const create = (
    <Button size="sm" leftSection={<IconPlus size={15} />} onClick={() => change({ new: '1' })}>
      {t('account.keys.create')}
    </Button>
  )
  return (
    <Panel title={t('account.keys.title')} actions={query.data && query.data.length > 0 ? create : null}>
      <p className={css.hint}>{t('account.keys.hint')}</p>
      {query.isPending ? <LoadingLines lines={3} /> : null}
      {query.error && !query.data ? <ErrorState error={query.error} retry={() => void query.refetch()} /> : null}
      {query.data && query.data.length > 0 ? <KeyList rows={query.data} /> : null}
      {query.data?.length === 0 ? (
        <EmptyState
          compact
          icon={IconKey}
          title={t('account.keys.empty')}
          hint={t('account.keys.emptyHint')}
          action={create}
        />
      ) : null}
      <Suspense>{params.get('new') === '1' ? <NewKeyDialog onClose={() => change({ new: null })} /> : null}</Suspense>
    </Panel>
  )
}

function KeyList({ rows }: { rows: ApiKey[] }) {
  const { t } = useTranslation()
  return (
    <ul className={css.rows}>
      <li className={`${css.row} ${css.head}`} aria-hidden>
        <span>{t('account.keys.name')}</span>
        <span>{t('account.keys.scopes')}</span>
        <span>{t('account.keys.expires')}</span>
        <span>{t('account.keys.lastUsed')}</span>
      </li>
      {rows.map((row) => (
        <KeyRow key={row.id} row={row} />
      ))}
    </ul>
  )
}

function KeyRow({ row }: { row: ApiKey }) {
  const { t } = useTranslation()
  const present = useNow()
  const expired = row.expires_at !== undefined && Date.parse(row.expires_at) <= present
  return (
    <li className={css.row}>
      <span className={css.main}>
        {row.name}
        {expired ? (
          <span className={css.tag} data-tone="failed">
            {t('account.keys.expired')}
          </span>
        ) : null}
        <small className="mono">{row.hint}</small>
      </span>
      <span className={css.muted}>{row.scopes.join(', ')}</span>
      <span>
        <span className={css.label}>{t('account.keys.expires')}</span>
        <TimeAgo at={row.expires_at} />
      </span>
      <span>
        <span className={css.label}>{t('account.keys.lastUsed')}</span>
        <TimeAgo at={row.last_used_at} />
        {row.last_used_ip ? (
          <span className={css.muted}> {t('account.keys.from', { address: row.last_used_ip })}</span>
        ) : null}
      </span>
      <span className={css.end}>
        <Revoke row={row} />
      </span>
    </li>
  )
}

function Revoke({ row }: { row: ApiKey }) {
  const { t } = useTranslation()
  const refresh = useRefresh()
  const [asking, setAsking] = useState(false)
  const revoke = useMutation({
    mutationFn: () => revokeApiKey(row.id),
    onSuccess: () => {
      setAsking(false)
      toastDone(t('account.keys.revoked', { name: row.name }))
      void refresh(keys.apiKeys)
    },
  })
  return (
    <>
      <Button
        variant="default"
        c="var(--vc-failed)"
        onClick={() => setAsking(true)}
        aria-label={`${t('account.keys.revoke')}: ${row.name}`}
      >
        {t('account.keys.revoke')}
      </Button>
      <ConfirmDialog
        opened={asking}
        title={t('account.keys.revokeTitle', { name: row.name })}
        consequence={t('account.keys.revokeConsequence')}
        confirm={t('account.keys.revoke')}
        pending={revoke.isPending}
        error={revoke.error}
        onConfirm={() => revoke.mutate()}
        onClose={() => setAsking(false)}
      />
    </>
  )
}
