import { useHotkeys } from '@mantine/hooks'
import { lazy, Suspense, useRef } from 'react'
import { useNavigate } from 'react-router'
import { useMe, usePaths } from '../app/me'
import { useJobs } from '../ui/jobs/state'
import { useShortcuts } from '../ui/shortcuts'
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

function useGoKeys(): void {
  const navigate = useNavigate()
  const paths = usePaths()
  const { permissions } = useMe()
  const go = navigation(permissions).flatMap((group) =>
    group.entries.map((entry) => [`g ${entry.key}`, () => void navigate(paths[entry.page])] as const),
  )
  useShortcuts({ ...Object.fromEntries(go), '?': () => openDialog('shortcuts') })
}
