import '../../i18n/auth'
import { useQuery } from '@tanstack/react-query'
import { useEffect, useSyncExternalStore } from 'react'
import { useTranslation } from 'react-i18next'
import { Link, Navigate, useSearchParams } from 'react-router'
import { session } from '../../api/http'
import type { AuthStatus } from '../../api/models'
import { setupQuery } from '../../resources/auth'
import { PublicPage } from './PublicPage'
import css from './PublicPage.module.css'
import { RegisterForm } from './RegisterForm'
import { SignIn } from './SignIn'

/** A way back inside this screen; anything else leads to the dashboard. */
export function safeNext(next: string | null): string {
  return next && /^\/(t\/\d+|profile)(\/|\?|$)/.test(next) ? next : '/'
}

/** Signing in, or creating the first user of an installation that has none. */
export function LoginPage() {
  const { t } = useTranslation()
  const [params] = useSearchParams()
  const state = useSyncExternalStore(session.subscribe, session.getState)
  useEffect(() => void session.resume(), [])
  const setup = useQuery({ ...setupQuery, enabled: state !== 'signed-in' })
  if (state === 'signed-in') return <Navigate to={safeNext(params.get('next'))} replace />
  if (state === 'unknown' || setup.isPending) return null
  if (setup.data?.needs_setup) {
    return (
      <PublicPage>
        <RegisterForm
          title={t('auth.setup.title')}
          hint={t('auth.setup.hint')}
          withToken={setup.data.setup_token_required}
        />
      </PublicPage>
    )
  }
  return (
    <PublicPage>
      <SignIn links={setup.data ? <Links status={setup.data} /> : null} />
    </PublicPage>
  )
}

/** The other ways in, where the installation has them. */
function Links({ status }: { status: AuthStatus }) {
  const { t } = useTranslation()
  const open = status.registration === 'open'
  if (!status.mail_enabled && !open) return null
  return (
    <div className={css.links}>
      {status.mail_enabled ? <Link to="/forgot-password">{t('auth.signIn.forgot')}</Link> : null}
      {open ? <Link to="/register">{t('auth.signIn.register')}</Link> : null}
    </div>
  )
}
