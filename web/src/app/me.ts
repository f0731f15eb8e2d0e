import { createContext, useContext, useMemo } from 'react'
import type { Me } from '../api/models'
import { may, type Permission } from './permissions'

export const MeContext = createContext<Me | null>(null)

/** Who is signed in. Only below the session's gate. */
export function useMe(): Me {
  const me = useContext(MeContext)
  if (!me) throw new Error('useMe stands outside the signed-in part of the screen')
  return me
}

/** Whether the person signed in may do it. */
export function useMay(permission: Permission): boolean {
  return may(useMe().permissions, permission)
}

/** The tenant the person works in: the one visited, else the own. */
export function tenantOf(me: Me): { id: number; name: string } {
  return me.visit ? { id: me.visit.tenant_id, name: me.visit.tenant_name } : { id: me.tenant_id, name: me.tenant.name }
}

/** The addresses of the pages of the tenant the person works in. */
export function usePaths() {
  const { id } = tenantOf(useMe())
  return useMemo(() => pathsOf(id), [id])
}

/** The addresses of one tenant's pages. */
export function pathsOf(tenant: number) {
  const base = `/t/${tenant}`
  return {
    dashboard: base,
    hosts: `${base}/hosts`,
    host: (id: number) => `${base}/hosts/${id}`,
    observations: `${base}/observations`,
    stack: `${base}/observations/stack`,
    cases: `${base}/cases`,
    case: (id: number) => `${base}/cases/${id}`,
    indicators: `${base}/indicators`,
    indicator: (id: number) => `${base}/indicators/${id}`,
    ingestion: `${base}/ingestion`,
    batch: (id: number) => `${base}/ingestion/${id}`,
    webhooks: `${base}/webhooks`,
    hunts: `${base}/hunts`,
    newHunt: `${base}/hunts/new`,
    hunt: (id: number) => `${base}/hunts/${id}`,
    schedules: `${base}/schedules`,
    newSchedule: `${base}/schedules/new`,
    schedule: (id: number) => `${base}/schedules/${id}`,
    editSchedule: (id: number) => `${base}/schedules/${id}/edit`,
    connection: `${base}/connection`,
    collections: `${base}/collections`,
    collection: (id: number) => `${base}/collections/${id}`,
    playbooks: `${base}/playbooks`,
    newPlaybook: `${base}/playbooks/new`,
    playbook: (id: number) => `${base}/playbooks/${id}`,
    runs: `${base}/runs`,
    run: (id: number) => `${base}/runs/${id}`,
    notifications: `${base}/notifications`,
    users: `${base}/users`,
    user: (id: number) => `${base}/users?row=${id}`,
    tenants: `${base}/tenants`,
    tenant: (id: number) => `${base}/tenants/${id}`,
    audit: `${base}/audit`,
    auditLine: (id: number) => `${base}/audit/${id}`,
    /** The lines about one row. */
    trail: (type: string, id: number | string) => `${base}/audit?type=${type}&id=${encodeURIComponent(id)}`,
    profile: (tab?: string) => (tab ? `${base}/profile/${tab}` : `${base}/profile`),
    /** A link the server wrote, such as /cases/7, inside this tenant. */
    inside: (link: string) => (link.startsWith('/t/') ? link : `${base}/${link.replace(/^\/+/, '')}`),
  }
}
