import { useDocumentTitle } from '@mantine/hooks'
import { IconShieldSearch } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useEffect, useSyncExternalStore } from 'react'
import { useTranslation } from 'react-i18next'
import { Navigate, useSearchParams } from 'react-router'
import { session } from '../../api/http'
import { setupQuery } from '../../resources/auth'
import css from './LoginPage.module.css'
import { SetupForm } from './SetupForm'
import { SignIn } from './SignIn'

/** A way back inside this screen; anything else leads to the dashboard. */
export function safeNext(next: string | null): string {
  return next && /^\/t\/\d+(\/|\?|$)/.test(next) ? next : '/'
}

/** Signing in, or creating the first user of an installation that has none. */
export function LoginPage() {
  const { t } = useTranslation()
  useDocumentTitle(t('shell.product'))
  const [params] = useSearchParams()
  const state = useSyncExternalStore(session.subscribe, session.getState)
  useEffect(() => void session.resume(), [])
  const setup = useQuery({ ...setupQuery, enabled: state !== 'signed-in' })
  if (state === 'signed-in') return <Navigate to={safeNext(params.get('next'))} replace />
  if (state === 'unknown' || setup.isPending) return null
  return (
    <main className={css.page}>
      <div className={css.box}>
        <div className={css.brand}>
          <IconShieldSearch size={40} stroke={1.5} aria-hidden />
          <span className={css.name}>{t('shell.product')}</span>
          <span className={css.tagline}>{t('auth.tagline')}</span>
        </div>
        <div className={css.card}>
          {setup.data?.needs_setup ? <SetupForm withToken={setup.data.setup_token_required} /> : <SignIn />}
        </div>
      </div>
    </main>
  )
}
