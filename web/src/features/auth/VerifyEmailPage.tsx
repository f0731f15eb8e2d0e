import '../../i18n/account'
import { Button, Stack } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { verifyEmail } from '../../resources/account'
import { ErrorAlert } from '../../ui/ErrorAlert'
import { IncompleteLink, Notice } from './Notice'
import { CardHead, PublicPage } from './PublicPage'
import { useLinkToken } from './useLinkToken'

/** Where a confirmation mail leads. A click confirms, not the visit: mail scanners visit links too. */
export function VerifyEmailPage() {
  const { t } = useTranslation()
  const token = useLinkToken()
  return (
    <PublicPage title={t('account.verify.title')}>
      {token ? <VerifyForm key={token} token={token} /> : <IncompleteLink />}
    </PublicPage>
  )
}

function VerifyForm({ token }: { token: string }) {
  const { t } = useTranslation()
  const verify = useMutation({ mutationFn: () => verifyEmail(token) })
  if (verify.isSuccess) {
    return (
      <Notice
        title={t('account.verify.doneTitle')}
        hint={t('account.verify.done')}
        action={
          <Button component={Link} to="/" size="sm" fullWidth>
            {t('account.verify.open')}
          </Button>
        }
      />
    )
  }
  return (
    <Stack gap="lg">
      <CardHead title={t('account.verify.title')} hint={t('account.verify.hint')} />
      <ErrorAlert error={verify.error} />
      <Button size="sm" loading={verify.isPending} fullWidth autoFocus onClick={() => verify.mutate()}>
        {t('account.verify.submit')}
      </Button>
    </Stack>
  )
}
