import type { QueryClient } from '@tanstack/react-query'
import { useEffect, useEffectEvent, useSyncExternalStore } from 'react'
import { useLocation, useNavigate } from 'react-router'
import { session } from '../api/http'
import type { Move } from '../api/session'
import { meQuery } from '../resources/auth'

/** The tenant whose visit ended without the person asking here, until the person has read of it. */
let ended: string | null = null
const listeners = new Set<() => void>()

function tellEnded(tenant: string | null): void {
  ended = tenant
  for (const listener of listeners) listener()
}

export const forgetEndedVisit = () => tellEnded(null)

/** The name of the tenant whose visit is over, when the person has not been told yet. */
export function useEndedVisit(): string | null {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => ended,
  )
}

/** When the session comes into another tenant, nothing of the last one stays on the screen. */
export function useTenantMoves(client: QueryClient): void {
  const navigate = useNavigate()
  const here = useLocation().pathname.split('/')[2]
  const onMove = useEffectEvent(({ to, asked }: Move) => {
    const visit = client.getQueryData(meQuery.queryKey)?.visit
    void client.cancelQueries()
    client.removeQueries({ predicate: (query) => query.queryKey[0] !== meQuery.queryKey[0] })
    void client.resetQueries({ queryKey: meQuery.queryKey })
    if (asked) return forgetEndedVisit()
    if (visit && here !== String(to)) void navigate('/', { replace: true })
    if (visit) tellEnded(visit.tenant_name)
  })
  useEffect(() => session.onMove((move) => onMove(move)), [])
}
