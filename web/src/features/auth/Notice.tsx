import { Button, Stack } from '@mantine/core'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { CardHead } from './PublicPage'

interface NoticeProps {
  title: string
  hint: string
  /** The next thing to do; the way to sign-in when nothing else is named. */
  action?: ReactNode
}

/** How something ended, said in place of its form, and what to do next. */
export function Notice({ title, hint, action }: NoticeProps) {
  const { t } = useTranslation()
  return (
    <Stack gap="lg" role="status">
      <CardHead title={title} hint={hint} />
      {action ?? (
        <Button component={Link} to="/login" size="sm" fullWidth>
          {t('account.toSignIn')}
        </Button>
      )}
    </Stack>
  )
}

/** For an address without the token its mail put there. */
export function IncompleteLink() {
  const { t } = useTranslation()
  return <Notice title={t('account.link.incompleteTitle')} hint={t('account.link.incomplete')} />
}
