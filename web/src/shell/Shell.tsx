import '@mantine/notifications/styles.layer.css'
import { Drawer } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { Notifications } from '@mantine/notifications'
import { Suspense, useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { Outlet, useLocation } from 'react-router'
import { ExpiredDialog } from '../features/auth/ExpiredDialog'
import { LiveProvider } from '../live/LiveProvider'
import { useLive } from '../live/state'
import { useTimeFormat } from '../ui/time'
import { Dialogs } from './Dialogs'
import { Header } from './Header'
import { Nav } from './Nav'
import css from './Shell.module.css'

/** What surrounds every page. */
export function Shell() {
  return (
    <LiveProvider>
      <Frame />
      <Dialogs />
      <ExpiredDialog />
      <Notifications position="bottom-right" limit={4} />
    </LiveProvider>
  )
}

function Frame() {
  const { t } = useTranslation()
  const main = useRef<HTMLElement>(null)
  const { pathname } = useLocation()
  const [drawer, { open, close }] = useDisclosure(false)
  // biome-ignore lint/correctness/useExhaustiveDependencies: another page closes the drawer and starts at its top
  useEffect(() => {
    close()
    main.current?.scrollTo(0, 0)
  }, [pathname])
  return (
    <div className={css.shell}>
      <a href="#main" className={css.skip}>
        {t('shell.skip')}
      </a>
      <Header onMenu={open} />
      <div className={css.nav}>
        <Nav />
      </div>
      <div className={css.content}>
        <OfflineBanner />
        <main id="main" ref={main} className={css.main} tabIndex={-1}>
          <Suspense>
            <Outlet />
          </Suspense>
        </main>
      </div>
      <Drawer
        opened={drawer}
        onClose={close}
        size={240}
        padding="sm"
        title={t('shell.product')}
        closeButtonProps={{ 'aria-label': t('common.actions.close') }}
      >
        <Nav />
      </Drawer>
    </div>
  )
}

function OfflineBanner() {
  const { t } = useTranslation()
  const { status, since } = useLive()
  const { clock } = useTimeFormat()
  if (status !== 'offline') return null
  return (
    <div className={css.banner} role="status">
      {t('shell.live.banner', { time: clock(since) })}
    </div>
  )
}
