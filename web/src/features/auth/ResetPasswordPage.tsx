import '../../i18n/account'
import { useMutation } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { confirmReset } from '../../resources/account'
import { NewPasswordForm } from './NewPasswordForm'
import { IncompleteLink, Notice } from './Notice'
import { PublicPage } from './PublicPage'
import { useLinkToken } from './useLinkToken'

/** Where a password mail leads: choose a new password. */
export function ResetPasswordPage() {
  const { t } = useTranslation()
  const token = useLinkToken()
  return (
    <PublicPage title={t('account.reset.title')}>
      {token ? <ResetForm key={token} token={token} /> : <IncompleteLink />}
    </PublicPage>
  )
}

function ResetForm({ token }: { token: string }) {
  const { t } = useTranslation()
  const reset = useMutation({ mutationFn: (password: string) => confirmReset(token, password) })
  if (reset.isSuccess) return <Notice title={t('account.reset.doneTitle')} hint={t('account.reset.done')} />
  return (
    <NewPasswordForm
      title={t('account.reset.title')}
      hint={t('account.reset.hint')}
      submit={t('account.reset.submit')}
      pending={reset.isPending}
      error={reset.error}
      onSubmit={(password, onError) => reset.mutate(password, { onError })}
    >
      {reset.error ? <Link to="/forgot-password">{t('account.reset.again')}</Link> : null}
    </NewPasswordForm>
  )
}
