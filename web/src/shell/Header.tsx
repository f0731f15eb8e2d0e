import { ActionIcon, Kbd, UnstyledButton, useComputedColorScheme, useMantineColorScheme } from '@mantine/core'
import { IconBell, IconMenu2, IconMoon, IconSearch, IconShieldSearch, IconSun } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { lazy, Suspense } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { tenantOf, useMay, useMe, usePaths } from '../app/me'
import { usePreferences } from '../app/preferences'
import { unreadQuery } from '../resources/notifications'
import { openDialog } from './dialogState'
import { LiveIndicator } from './LiveIndicator'
import css from './Shell.module.css'

const TenantSwitch = lazy(async () => ({ default: (await import('./TenantSwitch')).TenantSwitch }))
const JobsTray = lazy(async () => ({ default: (await import('./JobsTray')).JobsTray }))
const UserMenu = lazy(async () => ({ default: (await import('./UserMenu')).UserMenu }))

/** The bar above every page. */
export function Header({ onMenu }: { onMenu: () => void }) {
  const { t } = useTranslation()
  const paths = usePaths()
  return (
    <header className={css.header}>
      <div className={css.start}>
        <ActionIcon hiddenFrom="sm" onClick={onMenu} aria-label={t('shell.nav.open')} size="lg">
          <IconMenu2 size={18} />
        </ActionIcon>
        <Link to={paths.dashboard} className={css.brand} aria-label={t('shell.product')}>
          <IconShieldSearch size={22} stroke={1.8} aria-hidden />
          <span className={css.name}>{t('shell.product')}</span>
        </Link>
        <TenantName />
      </div>
      <UnstyledButton className={css.search} onClick={() => openDialog('palette')}>
        <IconSearch size={15} aria-hidden />
        <span>{t('shell.search.button')}</span>
        <Kbd size="xs" aria-hidden>
          {'Ctrl K'}
        </Kbd>
      </UnstyledButton>
      <div className={css.end}>
        <Suspense>
          <JobsTray />
        </Suspense>
        <LiveIndicator />
        <Zone />
        <Bell />
        <ThemeToggle />
        <Suspense fallback={<span className={css.userSpace} />}>
          <UserMenu />
        </Suspense>
      </div>
    </header>
  )
}

/** Where one is; for those who may go elsewhere, also the way there. */
function TenantName() {
  const me = useMe()
  const { name } = tenantOf(me)
  const manage = useMay('tenants:manage')
  const plain = (
    <span className={css.tenant} title={name}>
      {name}
    </span>
  )
  if (!manage || me.visit) return plain
  return (
    <Suspense fallback={plain}>
      <TenantSwitch name={name} />
    </Suspense>
  )
}

function Zone() {
  const { t } = useTranslation()
  const { timeZone } = usePreferences()
  const local = Intl.DateTimeFormat().resolvedOptions().timeZone
  return (
    <UnstyledButton
      className={`${css.live} ${css.zone}`}
      title={t('shell.zone.tooltip', { zone: timeZone === 'local' ? local : timeZone })}
      onClick={() => openDialog('preferences')}
    >
      {timeZone === 'local' ? t('shell.zone.local') : timeZone}
    </UnstyledButton>
  )
}

function Bell() {
  const { t } = useTranslation()
  const unread = useQuery(unreadQuery).data?.total ?? 0
  return (
    <ActionIcon size="lg" onClick={() => openDialog('notifications')} aria-label={t('shell.bell', { count: unread })}>
      <span className={css.bell}>
        <IconBell size={18} />
        {unread > 0 ? <span className={css.count}>{unread > 99 ? '99+' : unread}</span> : null}
      </span>
    </ActionIcon>
  )
}

function ThemeToggle() {
  const { t } = useTranslation()
  const { setColorScheme } = useMantineColorScheme()
  const dark = useComputedColorScheme('dark') === 'dark'
  return (
    <ActionIcon
      size="lg"
      visibleFrom="sm"
      onClick={() => setColorScheme(dark ? 'light' : 'dark')}
      aria-label={dark ? t('shell.theme.toLight') : t('shell.theme.toDark')}
    >
      {dark ? <IconSun size={18} /> : <IconMoon size={18} />}
    </ActionIcon>
  )
}
