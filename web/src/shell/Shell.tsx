import { useDisclosure } from '@mantine/hooks'
import { lazy, Suspense, useEffect, useRef, useSyncExternalStore } from 'react'
import { useTranslation } from 'react-i18next'
import { Outlet, useLocation, useNavigation } from 'react-router'
import { session } from '../api/http'
import { stepUp } from '../api/stepUp'
import { useMe } from '../app/me'
import { useEndedVisit } from '../app/visit'
import { LiveProvider } from '../live/LiveProvider'
import { useLive } from '../live/state'
import { useTimeFormat } from '../ui/time'
import { Dialogs } from './Dialogs'
import { Header } from './Header'
import { Nav } from './Nav'
import css from './Shell.module.css'
import { usePreferenceSync } from './usePreferenceSync'

// None of these is in sight at first.
const Toasts = lazy(async () => ({ default: (await import('./Toasts')).Toasts }))
const VisitBanner = lazy(async () => ({ default: (await import('./VisitBanner')).VisitBanner }))
const EndedVisit = lazy(async () => ({ default: (await import('./EndedVisit')).EndedVisit }))
const MobileNav = lazy(async () => ({ default: (await import('./MobileNav')).MobileNav }))
const ExpiredDialog = lazy(async () => ({ default: (await import('../features/auth/ExpiredDialog')).ExpiredDialog }))
const StepUpDialog = lazy(async () => ({ default: (await import('../ui/StepUpDialog')).StepUpDialog }))

function StepUp() {
  return useSyncExternalStore(stepUp.subscribe, stepUp.isAsked) ? <StepUpDialog /> : null
}

function Expired() {
  const state = useSyncExternalStore(session.subscribe, session.getState)
  return state === 'expired' ? <ExpiredDialog /> : null
}

/** What surrounds every page. */
export function Shell() {
  return (
    <LiveProvider>
      <Frame />
      <Dialogs />
      <Suspense>
        <Toasts />
      </Suspense>
      <Suspense>
        <StepUp />
      </Suspense>
      <Suspense>
        <Expired />
      </Suspense>
    </LiveProvider>
  )
}

function Frame() {
  usePreferenceSync()
  const { t } = useTranslation()
  const main = useRef<HTMLElement>(null)
  const { pathname } = useLocation()
  const { visit } = useMe()
  const ended = useEndedVisit()
  const coming = useNavigation().state !== 'idle'
  const [drawer, { open, close }] = useDisclosure(false)
  // biome-ignore lint/correctness/useExhaustiveDependencies: another page closes the drawer and starts at its top
  useEffect(() => {
    close()
    main.current?.scrollTo(0, 0)
  }, [pathname])
  return (
    <div className={visit ? `${css.shell} ${css.visiting}` : css.shell}>
      <a href="#main" className={css.skip}>
        {t('shell.skip')}
      </a>
      {visit ? (
        <Suspense fallback={<div className={css.visit} />}>
          <VisitBanner visit={visit} />
        </Suspense>
      ) : null}
      <Header onMenu={open} />
      <div className={css.nav}>
        <Nav />
      </div>
      <div className={css.content}>
        <OfflineBanner />
        <Suspense>{ended ? <EndedVisit tenant={ended} /> : null}</Suspense>
        <main id="main" ref={main} className={css.main} tabIndex={-1} aria-busy={coming}>
          <Suspense>
            <Outlet />
          </Suspense>
        </main>
      </div>
      <Suspense>{drawer ? <MobileNav onClose={close} /> : null}</Suspense>
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
