import { queryOptions } from '@tanstack/react-query'
import { call, download, list } from '../api/call'
import { cookieSession, session } from '../api/http'
import type { NewTenant, TenantBody } from '../api/models'
import { keys } from './keys'
import { everyRow } from './paging'

/** All tenants the person may see. */
export const tenantsQuery = queryOptions({
  queryKey: [keys.tenants],
  queryFn: ({ signal }) =>
    everyRow((cursor) => list('/api/tenants', { query: { sort: 'name', limit: 500, cursor }, signal })),
})

export const tenantQuery = (id: number) =>
  queryOptions({
    queryKey: [keys.tenants, id],
    queryFn: ({ signal }) => call('get', '/api/tenants/{id}', { path: { id }, signal }),
    placeholderData: undefined,
  })

/** Who of other tenants was in this one. */
export const visitsQuery = (id: number) =>
  queryOptions({
    queryKey: [keys.tenants, id, 'visits'],
    queryFn: ({ signal }) => call('get', '/api/tenants/{id}/visits', { path: { id }, signal }),
    placeholderData: undefined,
  })

export const createTenant = (body: NewTenant) => call('post', '/api/tenants', { body })

export const updateTenant = (id: number, body: TenantBody) => call('patch', '/api/tenants/{id}', { path: { id }, body })

/** Ends all sessions of the tenant and pauses its runs and schedules. */
export const suspendTenant = (id: number, reason: string) =>
  call('post', '/api/tenants/{id}/suspend', { path: { id }, body: { reason } })

export const resumeTenant = (id: number, reason: string) =>
  call('post', '/api/tenants/{id}/resume', { path: { id }, body: { reason } })

/** Marks the tenant for deletion: the answer says when nothing of it will be left. */
export const deleteTenant = (id: number, reason: string, confirm: string) =>
  call('delete', '/api/tenants/{id}', { path: { id }, query: { reason, confirm } })

export const restoreTenant = (id: number, reason: string) =>
  call('post', '/api/tenants/{id}/restore', { path: { id }, body: { reason } })

/** Everything the tenant has, as a zip. */
export const exportTenant = (id: number) => download('/api/tenants/{id}/export', { path: { id } })

/** Goes into another tenant for some minutes. From the answer on, everything is asked and done there. */
export async function visitTenant(id: number, reason: string, minutes: number): Promise<void> {
  const body = { reason, minutes }
  session.accept(await call('post', '/api/tenants/{id}/switch', { path: { id }, body, headers: cookieSession }), true)
}

/** Ends the visit and goes home. */
export async function leaveTenant(): Promise<void> {
  session.accept(await call('post', '/api/tenants/leave', { headers: cookieSession }), true)
}
