import { queryOptions } from '@tanstack/react-query'
import { call } from '../api/call'
import { session } from '../api/http'
import type { NewApiKey } from '../api/models'
import { login } from './auth'
import { keys } from './keys'

/* The own account: how one gets in, from where one is in, and what acts in one's name. */

export const changePassword = (body: { current_password: string; new_password: string }) =>
  call('post', '/api/auth/password', { body })

/** Asks for a mail with a link; the answer never tells whether the address is known. */
export const requestReset = (email: string) => call('post', '/api/auth/password-reset/request', { body: { email } })

export const confirmReset = (token: string, new_password: string) =>
  call('post', '/api/auth/password-reset/confirm', { body: { token, new_password } })

export const verifyEmail = (token: string) => call('post', '/api/auth/verify-email', { body: { token } })

export const resendVerification = () => call('post', '/api/auth/verify-email/resend', { body: {} })

/** Takes an invitation with a password of one's own and signs in. */
export async function acceptInvitation(token: string, password: string): Promise<void> {
  const { username } = await call('post', '/api/auth/accept-invitation', { body: { token, password } })
  // Somebody else may be signed in here: no tab may show their rows to the new one.
  session.end()
  await login({ username, password })
}

/** Makes a fresh secret, which counts only once a code of it was given. */
export const setUpFactor = () => call('post', '/api/auth/2fa/setup', { body: {} })

export const verifyFactor = (code: string) => call('post', '/api/auth/2fa/verify', { body: { code } })

export const disableFactor = (code: string) => call('post', '/api/auth/2fa/disable', { body: { code } })

export const renewRecoveryCodes = (code: string) => call('post', '/api/auth/2fa/recovery-codes', { body: { code } })

export const sessionsQuery = queryOptions({
  queryKey: [keys.sessions],
  queryFn: ({ signal }) => call('get', '/api/auth/sessions', { signal }),
})

export const endSession = (id: string) => call('delete', '/api/auth/sessions/{id}', { path: { id } })

export const endOtherSessions = () => call('delete', '/api/auth/sessions', {})

export const apiKeysQuery = queryOptions({
  queryKey: [keys.apiKeys],
  queryFn: ({ signal }) => call('get', '/api/auth/api-keys', { signal }),
})

/** Every permission there is, with the lowest role that has it. */
export const permissionsQuery = queryOptions({
  queryKey: [keys.apiKeys, 'permissions'],
  queryFn: ({ signal }) => call('get', '/api/auth/permissions', { signal }),
  staleTime: Number.POSITIVE_INFINITY,
})

/** Makes a key; the answer alone holds the key itself. */
export const createApiKey = (body: NewApiKey) => call('post', '/api/auth/api-keys', { body })

export const revokeApiKey = (id: number) => call('delete', '/api/auth/api-keys/{id}', { path: { id } })
