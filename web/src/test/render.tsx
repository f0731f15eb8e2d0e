import { MantineProvider } from '@mantine/core'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { render } from '@testing-library/react'
import type { ReactElement } from 'react'
import { createMemoryRouter, type InitialEntry, RouterProvider } from 'react-router'
import type { Me } from '../api/models'
import { MeContext } from '../app/me'
import { theme } from '../theme/theme'
import { permissionsOf } from './roles'

/** Somebody of a role, in tenant 1, with what the API's table gives the role. */
function person(role: string): Me {
  return {
    id: 1,
    username: 'mia',
    email: '',
    email_verified: true,
    role,
    permissions: permissionsOf(role),
    tenant_id: 1,
    is_active: true,
    totp_enabled: false,
    created_at: '2026-01-01T00:00:00Z',
    tenant: { id: 1, name: 'Acme Corp' },
  } as Me
}

/** Renders an element as the person sees it at an address. The router tells where navigation led. */
export function show(element: ReactElement, { role = 'admin', at = '/' as InitialEntry } = {}) {
  const router = createMemoryRouter([{ path: '*', element }], { initialEntries: [at] })
  const client = new QueryClient({ defaultOptions: { queries: { retry: false } } })
  const view = render(
    <MantineProvider theme={theme} env="test">
      <QueryClientProvider client={client}>
        <MeContext value={person(role)}>
          <RouterProvider router={router} />
        </MeContext>
      </QueryClientProvider>
    </MantineProvider>,
  )
  return { ...view, router, client }
}
