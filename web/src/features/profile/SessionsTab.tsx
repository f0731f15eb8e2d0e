import { Button } from '@mantine/core'
import { IconDeviceDesktop, IconDeviceMobile, IconTerminal2 } from '@tabler/icons-react'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { AuthSession } from '../../api/models'
import { endOtherSessions, endSession, sessionsQuery } from '../../resources/account'
import { keys } from '../../resources/keys'
import { ConfirmDialog } from '../../ui/ConfirmDialog'
import { useErrorText } from '../../ui/errors'
import { Panel } from '../../ui/Page'
import { ErrorState, LoadingLines } from '../../ui/States'
import { TimeAgo } from '../../ui/TimeAgo'
import { toastDone, toastFailed } from '../../ui/toast'
import { useRefresh } from '../../ui/useRows'
import { deviceOf } from './device'
import css from './Profile.module.css'

/** From where one is signed in, and ending it. */
export function SessionsTab() {
  const { t } = useTranslation()
  const query = useQuery(sessionsQuery)
  const rows = query.data ?? []
  const others = rows.filter((row) => !row.current).length
  return (
    <Panel title={t('account.sessions.title')} actions={others > 0 ? <EndOthers count={others} /> : null}>
      <p className={css.hint}>{t('account.sessions.hint')}</p>
      {query.isPending ? <LoadingLines lines={3} /> : null}
      {query.error && !query.data ? <ErrorState error={query.error} retry={() => void query.refetch()} /> : null}
      {query.data ? <SessionList rows={rows.toSorted(byUse)} /> : null}
    </Panel>
  )
}

/** This one first, then the last used. */
function byUse(a: AuthSession, b: AuthSession): number {
  return Number(b.current) - Number(a.current) || Date.parse(b.last_used_at) - Date.parse(a.last_used_at)
}

function SessionList({ rows }: { rows: AuthSession[] }) {
  const { t } = useTranslation()
  return (
    <ul className={css.rows}>
      <li className={`${css.row} ${css.head}`} aria-hidden>
        <span>{t('account.sessions.device')}</span>
        <span>{t('account.sessions.address')}</span>
        <span>{t('account.sessions.lastUsed')}</span>
        <span>{t('account.sessions.signedIn')}</span>
      </li>
      {rows.map((row) => (
        <SessionRow key={row.id} row={row} />
      ))}
    </ul>
  )
}

const icons = { desktop: IconDeviceDesktop, phone: IconDeviceMobile, program: IconTerminal2 }

function SessionRow({ row }: { row: AuthSession }) {
  const { t } = useTranslation()
  const refresh = useRefresh()
  const text = useErrorText()
  const name = useDeviceName()(row)
  const Icon = icons[deviceOf(row.user_agent)?.kind ?? 'desktop']
  const end = useMutation({
    mutationFn: () => endSession(row.id),
    onSuccess: () => {
      toastDone(t('account.sessions.ended'))
      void refresh(keys.sessions)
    },
    onError: (error) => toastFailed(text(error)),
  })
  return (
    <li className={css.row}>
      <span className={css.main} title={row.user_agent}>
        <Icon size={17} stroke={1.6} aria-hidden />
        {name}
        {row.current ? <span className={css.tag}>{t('account.sessions.current')}</span> : null}
      </span>
      <span className="mono">{row.ip_address}</span>
      <span>
        <span className={css.label}>{t('account.sessions.lastUsed')}</span>
        <TimeAgo at={row.last_used_at} />
      </span>
      <span>
        <span className={css.label}>{t('account.sessions.signedIn')}</span>
        <TimeAgo at={row.created_at} />
      </span>
      <span className={css.end}>
        {row.current ? null : (
          <Button
            variant="default"
            loading={end.isPending}
            onClick={() => end.mutate()}
            aria-label={t('account.sessions.endOne', { device: name })}
          >
            {t('account.sessions.end')}
          </Button>
        )}
      </span>
    </li>
  )
}

function useDeviceName(): (row: AuthSession) => string {
  const { t } = useTranslation()
  return ({ user_agent }) => {
    const device = deviceOf(user_agent)
    if (!device) return t('account.sessions.unknown')
    return device.system ? t('account.sessions.onSystem', { ...device }) : device.browser
  }
}

function EndOthers({ count }: { count: number }) {
  const { t } = useTranslation()
  const refresh = useRefresh()
  const [asking, setAsking] = useState(false)
  const end = useMutation({
    mutationFn: endOtherSessions,
    onSuccess: () => {
      setAsking(false)
      toastDone(t('account.sessions.othersEnded'))
      void refresh(keys.sessions)
    },
  })
  return (
    <>
      <Button size="sm" variant="default" c="var(--vc-failed)" onClick={() => setAsking(true)}>
        {t('account.sessions.endOthers')}
      </Button>
      <ConfirmDialog
        opened={asking}
        title={t('account.sessions.endOthersTitle')}
        consequence={t('account.sessions.endOthersConsequence', { count })}
        confirm={t('account.sessions.endOthers')}
        pending={end.isPending}
        error={end.error}
        onConfirm={() => end.mutate()}
        onClose={() => setAsking(false)}
      />
    </>
  )
}
