import { queryOptions } from '@tanstack/react-query'
import { call } from '../api/call'
import { cookieSession, session } from '../api/http'
import type { MeBody } from '../api/models'
import { keys } from './keys'

export const setupQuery = queryOptions({
  queryKey: ['setup'],
  queryFn: ({ signal }) => call('get', '/api/auth/status', { signal }),
  staleTime: Number.POSITIVE_INFINITY,
})

export const meQuery = queryOptions({
  queryKey: [keys.me],
  queryFn: ({ signal }) => call('get', '/api/auth/me', { signal }),
  staleTime: 5 * 60_000,
})

/** Changes the own profile. */
export const saveMe = (body: MeBody) => call('patch', '/api/auth/me', { body })

export interface Credentials {
  username: string
  password: string
  totp_code?: string
}

/** Signs in. Throws a Problem with code `totp_required` when the password was right and a code is missing. */
export async function login(credentials: Credentials): Promise<void> {
  session.accept(await call('post', '/api/auth/login', { body: credentials, headers: cookieSession }))
}

export interface NewUser {
  username: string
  email?: string
  password: string
  setup_token?: string
}

/** Registers somebody, who may be the installation's first user, and signs in as them. */
export async function register(user: NewUser): Promise<void> {
  await call('post', '/api/auth/register', { body: user })
  await login({ username: user.username, password: user.password })
}

/** Ends the session on the server, here, and in every tab. A server that can't be reached does not keep one signed in. */
export async function logout(): Promise<void> {
  await call('post', '/api/auth/logout', { body: {}, headers: cookieSession }).catch(() => undefined)
  session.end()
}

/** Proves who sits here: for five minutes the session may do what needs it. */
export const proveIdentity = (proof: { totp_code: string } | { password: string }) =>
  call('post', '/api/auth/step-up', { body: proof })
