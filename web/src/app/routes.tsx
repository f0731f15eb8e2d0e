import type { QueryClient } from '@tanstack/react-query'
import { createBrowserRouter, Navigate } from 'react-router'
import { NotFound } from './NotFound'
import { PageCrash } from './PageCrash'
import { RequireSession, ToOwnProfile, ToOwnTenant } from './RequireSession'

/** Every address of the screen. Each page is a chunk of its own. */
export function createRouter(client: QueryClient) {
  return createBrowserRouter([
    {
      ErrorBoundary: PageCrash,
      children: [
        { path: '/login', lazy: async () => ({ Component: (await import('../features/auth/LoginPage')).LoginPage }) },
        ...publicPages,
        { path: '/', element: <RequireSession client={client} />, children: [{ index: true, Component: ToOwnTenant }] },
        {
          path: '/t/:tenant',
          element: <RequireSession client={client} />,
          children: [
            {
              lazy: async () => ({ Component: (await import('../shell/Shell')).Shell }),
              children: [{ ErrorBoundary: PageCrash, children: pages }],
            },
          ],
        },
        {
          path: '/profile/:tab?',
          element: <RequireSession client={client} />,
          children: [{ index: true, Component: ToOwnProfile }],
        },
        { path: '*', element: <Navigate to="/" replace /> },
      ],
    },
  ])
}

/** What needs no session. Mails lead to most of them. */
const publicPages = [
  {
    path: '/forgot-password',
    lazy: async () => ({ Component: (await import('../features/auth/ForgotPasswordPage')).ForgotPasswordPage }),
  },
  {
    path: '/reset-password',
    lazy: async () => ({ Component: (await import('../features/auth/ResetPasswordPage')).ResetPasswordPage }),
  },
  {
    path: '/verify-email',
    lazy: async () => ({ Component: (await import('../features/auth/VerifyEmailPage')).VerifyEmailPage }),
  },
  {
    path: '/accept-invitation',
    lazy: async () => ({ Component: (await import('../features/auth/AcceptInvitationPage')).AcceptInvitationPage }),
  },
  {
    path: '/register',
    lazy: async () => ({ Component: (await import('../features/auth/RegisterPage')).RegisterPage }),
  },
]

const pages = [
  {
    index: true,
    lazy: async () => ({ Component: (await import('../features/dashboard/DashboardPage')).DashboardPage }),
  },
  { path: 'hosts', lazy: async () => ({ Component: (await import('../features/hosts/HostsPage')).HostsPage }) },
  { path: 'hosts/:id', lazy: async () => ({ Component: (await import('../features/hosts/HostPage')).HostPage }) },
  {
    path: 'observations',
    lazy: async () => ({ Component: (await import('../features/observations/ObservationsPage')).ObservationsPage }),
  },
  {
    path: 'observations/stack',
    lazy: async () => ({ Component: (await import('../features/observations/StackPage')).StackPage }),
  },
  { path: 'cases', lazy: async () => ({ Component: (await import('../features/cases/CasesPage')).CasesPage }) },
  { path: 'cases/:id', lazy: async () => ({ Component: (await import('../features/cases/CasePage')).CasePage }) },
  {
    path: 'indicators',
    lazy: async () => ({ Component: (await import('../features/indicators/IndicatorsPage')).IndicatorsPage }),
  },
  {
    path: 'indicators/:id',
    lazy: async () => ({ Component: (await import('../features/indicators/IndicatorPage')).IndicatorPage }),
  },
  {
    path: 'ingestion',
    lazy: async () => ({ Component: (await import('../features/ingestion/IngestionPage')).IngestionPage }),
  },
  {
    path: 'ingestion/:id',
    lazy: async () => ({ Component: (await import('../features/ingestion/BatchPage')).BatchPage }),
  },
  {
    path: 'webhooks',
    lazy: async () => ({ Component: (await import('../features/webhooks/WebhooksPage')).WebhooksPage }),
  },
  { path: 'hunts', lazy: async () => ({ Component: (await import('../features/hunts/HuntsPage')).HuntsPage }) },
  { path: 'hunts/new', lazy: async () => ({ Component: (await import('../features/hunts/NewHuntPage')).NewHuntPage }) },
  { path: 'hunts/:id', lazy: async () => ({ Component: (await import('../features/hunts/HuntPage')).HuntPage }) },
  {
    path: 'schedules',
    lazy: async () => ({ Component: (await import('../features/schedules/SchedulesPage')).SchedulesPage }),
  },
  {
    path: 'schedules/new',
    lazy: async () => ({ Component: (await import('../features/schedules/EditSchedulePage')).EditSchedulePage }),
  },
  {
    path: 'schedules/:id/edit',
    lazy: async () => ({ Component: (await import('../features/schedules/EditSchedulePage')).EditSchedulePage }),
  },
  {
    path: 'schedules/:id',
    lazy: async () => ({ Component: (await import('../features/schedules/SchedulePage')).SchedulePage }),
  },
  {
    path: 'connection',
    lazy: async () => ({ Component: (await import('../features/connection/ConnectionPage')).ConnectionPage }),
  },
  {
    path: 'collections',
    lazy: async () => ({ Component: (await import('../features/collections/CollectionsPage')).CollectionsPage }),
  },
  {
    path: 'collections/:id',
    lazy: async () => ({ Component: (await import('../features/collections/CollectionPage')).CollectionPage }),
  },
  {
    path: 'playbooks',
    lazy: async () => ({ Component: (await import('../features/playbooks/PlaybooksPage')).PlaybooksPage }),
  },
  {
    path: 'playbooks/new',
    lazy: async () => ({ Component: (await import('../features/playbooks/NewPlaybookPage')).NewPlaybookPage }),
  },
  {
    path: 'playbooks/:id',
    lazy: async () => ({ Component: (await import('../features/playbooks/PlaybookPage')).PlaybookPage }),
  },
  { path: 'runs', lazy: async () => ({ Component: (await import('../features/runs/RunsPage')).RunsPage }) },
  { path: 'runs/:id', lazy: async () => ({ Component: (await import('../features/runs/RunPage')).RunPage }) },
  {
    path: 'notifications',
    lazy: async () => ({
      Component: (await import('../features/notifications/NotificationsPage')).NotificationsPage,
    }),
  },
  { path: 'users', lazy: async () => ({ Component: (await import('../features/users/UsersPage')).UsersPage }) },
  { path: 'tenants', lazy: async () => ({ Component: (await import('../features/tenants/TenantsPage')).TenantsPage }) },
  {
    path: 'tenants/:id',
    lazy: async () => ({ Component: (await import('../features/tenants/TenantPage')).TenantPage }),
  },
  { path: 'audit', lazy: async () => ({ Component: (await import('../features/audit/AuditPage')).AuditPage }) },
  {
    path: 'audit/:id',
    lazy: async () => ({ Component: (await import('../features/audit/AuditLinePage')).AuditLinePage }),
  },
  {
    path: 'profile/:tab?',
    lazy: async () => ({ Component: (await import('../features/profile/ProfilePage')).ProfilePage }),
  },
  { path: '*', Component: NotFound },
]
