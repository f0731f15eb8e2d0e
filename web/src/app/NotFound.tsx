import { Button } from '@mantine/core'
import { IconMapQuestion, IconShieldLock } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { EmptyState } from '../ui/States'
import { useMe, usePaths } from './me'

function ToDashboard() {
  const { t } = useTranslation()
  return (
    <Button component={Link} to={usePaths().dashboard}>
      {t('errors.notFound.back')}
    </Button>
  )
}

/** An address that leads nowhere. */
export function NotFound() {
  const { t } = useTranslation()
  return (
    <EmptyState
      icon={IconMapQuestion}
      title={t('errors.notFound.title')}
      hint={t('errors.notFound.hint')}
      action={<ToDashboard />}
    />
  )
}

/** A link made in another tenant. */
export function WrongTenant() {
  const { t } = useTranslation()
  const { tenant } = useMe()
  return (
    <main>
      <EmptyState
        icon={IconShieldLock}
        title={t('errors.wrongTenant.title')}
        hint={t('errors.wrongTenant.hint', { tenant: tenant.name })}
        action={<ToDashboard />}
      />
    </main>
  )
}
