import { Button } from '@mantine/core'
import { IconMapQuestion, IconShieldLock } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { EmptyState } from '../ui/States'
import { useTimeFormat } from '../ui/time'
import { tenantOf, useMe, usePaths } from './me'

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

/** A page of the person's tenant that the person may not see. */
export function NoRight() {
  const { t } = useTranslation()
  return (
    <EmptyState
      icon={IconShieldLock}
      title={t('errors.noRight.title')}
      hint={t('errors.noRight.hint')}
      action={<ToDashboard />}
    />
  )
}

/** A link made in another tenant, or a tab whose tenant was left in another tab. */
export function WrongTenant() {
  const { t } = useTranslation()
  const me = useMe()
  const { clock } = useTimeFormat()
  const { name } = tenantOf(me)
  const hint = me.visit
    ? t('errors.wrongTenant.visiting', { tenant: name, time: clock(me.visit.until) })
    : t('errors.wrongTenant.hint', { tenant: name })
  return (
    <main>
      <EmptyState icon={IconShieldLock} title={t('errors.wrongTenant.title')} hint={hint} action={<ToDashboard />} />
    </main>
  )
}
