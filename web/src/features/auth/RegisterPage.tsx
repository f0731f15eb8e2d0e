import '../../i18n/account'
import { useQuery } from '@tanstack/react-query'
import { useSyncExternalStore } from 'react'
import { useTranslation } from 'react-i18next'
import { Link, Navigate } from 'react-router'
import { session } from '../../api/http'
import { setupQuery } from '../../resources/auth'
import { Notice } from './Notice'
import { PublicPage } from './PublicPage'
import { RegisterForm } from './RegisterForm'

/** Creating an account of one's own, where the installation lets anybody. */
export function RegisterPage() {
  const { t } = useTranslation()
  const state = useSyncExternalStore(session.subscribe, session.getState)
  const status = useQuery(setupQuery)
  if (state === 'signed-in') return <Navigate to="/" replace />
  if (status.data?.needs_setup) return <Navigate to="/login" replace />
  if (status.isPending) return null
  return (
    <PublicPage title={t('account.register.title')}>
      {status.data?.registration === 'open' ? (
        <>
          <RegisterForm title={t('account.register.title')} hint={t('account.register.hint')} />
          <p>
            <Link to="/login">{t('account.toSignIn')}</Link>
          </p>
        </>
      ) : (
        <Notice title={t('account.register.closed')} hint={t('account.register.closedHint')} />
      )}
    </PublicPage>
  )
}
