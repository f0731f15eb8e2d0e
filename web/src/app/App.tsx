import { type MantineColorSchemeManager, MantineProvider } from '@mantine/core'
import { QueryClientProvider } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { RouterProvider } from 'react-router/dom'
import { createQueryClient } from '../api/query'
import { keys } from '../resources/keys'
import { theme } from '../theme/theme'
import { nonce } from './nonce'
import { getPreferences, onPreferences, setPreferences, usePreferences } from './preferences'
import { createRouter } from './routes'

/** Lets Mantine keep the colour scheme where the other preferences are. */
function preferenceSchemes(): MantineColorSchemeManager {
  let stop: (() => void) | undefined
  return {
    get: () => getPreferences().theme,
    set: (theme) => setPreferences({ theme }),
    subscribe: (onUpdate) => {
      stop = onPreferences(() => onUpdate(getPreferences().theme))
    },
    unsubscribe: () => stop?.(),
    clear: () => setPreferences({ theme: 'auto' }),
  }
}

/** The whole screen. */
export function App() {
  const [client] = useState(() => createQueryClient(keys.me))
  const [router] = useState(() => createRouter(client))
  const [schemes] = useState(preferenceSchemes)
  const { density } = usePreferences()
  useEffect(() => {
    document.documentElement.dataset.density = density
  }, [density])
  return (
    <MantineProvider theme={theme} defaultColorScheme="auto" colorSchemeManager={schemes} getStyleNonce={nonce}>
      <QueryClientProvider client={client}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </MantineProvider>
  )
}
