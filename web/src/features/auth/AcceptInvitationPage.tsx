import '../../i18n/account'
import { useMutation } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { useNavigate } from 'react-router'
import { acceptInvitation } from '../../resources/account'
import { NewPasswordForm } from './NewPasswordForm'
import { IncompleteLink } from './Notice'
import { PublicPage } from './PublicPage'
import { useLinkToken } from './useLinkToken'

/** Where an invitation leads: choose a password and be in. */
export function AcceptInvitationPage() {
  const { t } = useTranslation()
  const token = useLinkToken()
  return (
    <PublicPage title={t('account.invitation.title')}>
      {token ? <AcceptForm key={token} token={token} /> : <IncompleteLink />}
    </PublicPage>
  )
}

function AcceptForm({ token }: { token: string }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const accept = useMutation({
    mutationFn: (password: string) => acceptInvitation(token, password),
    onSuccess: () => void navigate('/', { replace: true }),
  })
  return (
    <NewPasswordForm
      title={t('account.invitation.title')}
      hint={t('account.invitation.hint')}
      submit={t('account.invitation.submit')}
      pending={accept.isPending}
      error={accept.error}
      onSubmit={(password, onError) => accept.mutate(password, { onError })}
    />
  )
}
