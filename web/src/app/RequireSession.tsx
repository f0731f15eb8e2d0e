import type { QueryClient } from '@tanstack/react-query'
import { useQuery } from '@tanstack/react-query'
import { Fragment, lazy, type ReactNode, Suspense, useEffect, useState, useSyncExternalStore } from 'react'
import { Navigate, Outlet, useLocation, useParams } from 'react-router'
import { session } from '../api/http'
import { Problem } from '../api/problem'
import { meQuery } from '../resources/auth'
import { ErrorState } from '../ui/States'
import { MeContext, pathsOf, tenantOf, useMe } from './me'
import { WrongTenant } from './NotFound'
import { useTenantMoves } from './visit'

const EnrolPage = lazy(async () => ({ default: (await import('../features/auth/EnrolPage')).EnrolPage }))

/** Lets only a signed-in person through, and tells what is below who it is. */
export function RequireSession({ client }: { client: QueryClient }) {
  const state = useSyncExternalStore(session.subscribe, session.getState)
  const location = useLocation()
  useEffect(() => void session.resume(), [])
  useEffect(() => {
    // The next person must not see a row of the last one.
    if (state === 'signed-out') client.clear()
  }, [state, client])
  useEffect(() => {
    // After signing in again over an open page: what failed meanwhile is fetched.
    if (state === 'signed-in') void client.invalidateQueries({ predicate: (query) => query.state.status === 'error' })
  }, [state, client])
  useTenantMoves(client)
  if (state === 'unknown') return null
  if (state === 'signed-out') {
    const here = location.pathname + location.search
    return <Navigate to={here === '/' ? '/login' : `/login?next=${encodeURIComponent(here)}`} replace />
  }
  return <WithMe />
}

function WithMe() {
  const { tenant } = useParams()
  const me = useQuery(meQuery)
  if (me.data) {
    const { id } = tenantOf(me.data)
    const other = tenant !== undefined && tenant !== String(id)
    // Another tenant is another screen: nothing of the last one stays, its socket included.
    return (
      <MeContext value={me.data}>
        <Enrolled due={me.data.totp_enrolment_due ?? false} refresh={me.refetch}>
          <Fragment key={id}>{other ? <WrongTenant /> : <Outlet />}</Fragment>
        </Enrolled>
      </MeContext>
    )
  }
  const refused = me.error instanceof Problem && me.error.status === 401
  return me.error && !refused ? <ErrorState error={me.error} retry={() => void me.refetch()} /> : null
}

interface EnrolledProps {
  due: boolean
  refresh: () => Promise<unknown>
  children: ReactNode
}

/** Where a second factor is demanded and missing, its set-up comes before any page; the address stays. */
function Enrolled({ due, refresh, children }: EnrolledProps) {
  const [held, setHeld] = useState(due)
  // What is due stays until it is done: the recovery codes must not vanish when the account is read again meanwhile.
  if (due && !held) setHeld(true)
  if (!held) return children
  return (
    <Suspense>
      <EnrolPage onDone={() => void refresh().then(() => setHeld(false))} />
    </Suspense>
  )
}

/** From the bare address to the dashboard of the tenant the person works in. */
export function ToOwnTenant() {
  return <Navigate to={pathsOf(tenantOf(useMe()).id).dashboard} replace />
}

/** From the address that mails name to the page of the own account. */
export function ToOwnProfile() {
  const { tab } = useParams()
  return <Navigate to={pathsOf(tenantOf(useMe()).id).profile(tab)} replace />
}
