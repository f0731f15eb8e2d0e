import { useHotkeys } from '@mantine/hooks'
import { lazy, Suspense, useEffect, useRef } from 'react'
import { useNavigate } from 'react-router'
import { useMe, usePaths } from '../app/me'
import { openJobs, useJobs } from '../ui/jobs/state'
import { useShortcuts } from '../ui/shortcuts'
import { useUrl } from '../ui/useUrl'
import { closeDialog, openDialog, useDialog } from './dialogState'
import { navigation } from './entries'

const Palette = lazy(async () => ({ default: (await import('./Palette')).Palette }))
const NotificationsDrawer = lazy(async () => ({
  default: (await import('../features/notifications/NotificationsDrawer')).NotificationsDrawer,
}))
const JobsDrawer = lazy(async () => ({ default: (await import('../ui/jobs/JobsDrawer')).JobsDrawer }))
const PreferencesDialog = lazy(async () => ({ default: (await import('./PreferencesDialog')).PreferencesDialog }))
const ShortcutsDialog = lazy(async () => ({ default: (await import('./ShortcutsDialog')).ShortcutsDialog }))

/** The dialogs that any page can open, each fetched when first opened, and the keys that open them. */
export function Dialogs() {
  const shown = useDialog()
  const { drawer: jobs } = useJobs()
  const seen = useRef(new Set<string>())
  if (shown) seen.current.add(shown)
  useHotkeys([['mod+K', () => openDialog('palette')]], [])
  useGoKeys()
  useJobInAddress()
  return (
    <Suspense>
      {jobs ? <JobsDrawer id={jobs.id} /> : null}
      {seen.current.has('palette') ? <Palette opened={shown === 'palette'} onClose={closeDialog} /> : null}
      {seen.current.has('notifications') ? (
        <NotificationsDrawer opened={shown === 'notifications'} onClose={closeDialog} />
      ) : null}
      {seen.current.has('preferences') ? (
        <PreferencesDialog opened={shown === 'preferences'} onClose={closeDialog} />
      ) : null}
      {seen.current.has('shortcuts') ? <ShortcutsDialog opened={shown === 'shortcuts'} onClose={closeDialog} /> : null}
    </Suspense>
  )
}

/** Opens the bulk job an address names, which is how a notification leads to it, and leaves the address of the list. */
function useJobInAddress(): void {
  const [params, change] = useUrl()
  const named = params.get('job')
  useEffect(() => {
    if (!named) return
    if (/^[1-9]\d{0,15}$/.test(named)) openJobs(Number(named))
    change({ job: null })
  }, [named, change])
}

function useGoKeys(): void {
  const navigate = useNavigate()
  const paths = usePaths()
  const { permissions } = useMe()
  const go = navigation(permissions).flatMap((group) =>
    group.entries.map((entry) => [`g ${entry.key}`, () => void navigate(paths[entry.page])] as const),
  )
  useShortcuts({ ...Object.fromEntries(go), '?': () => openDialog('shortcuts') })
}
