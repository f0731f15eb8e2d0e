/* Operations agreed with the server that the generated contract does not list yet. */
import './schema'

type Json<Content> = { content: { 'application/json': Content } }
type Answers<Content> = { responses: { 200: Json<Content> } }
type Takes<Body, Answer> = { requestBody: Json<Body>; responses: { 200: Json<Answer> } }
type Settles<Body> = { requestBody: Json<Body>; responses: { 204: { content?: never } } }

interface ApiKey {
  id: number
  name: string
  hint: string
  scopes: string[]
  created_at: string
  expires_at: string
  last_used_at?: string
  last_used_ip?: string
}

declare module './schema' {
  interface paths {
    '/api/auth/step-up': { post: Takes<{ totp_code?: string; password?: string }, { elevated_until: string }> }
    '/api/auth/permissions': {
      get: Answers<{ permission: string; role: string; summary: string; keys: boolean }[]>
    }
    '/api/auth/2fa/setup': {
      post: Takes<Record<string, never>, { secret: string; qr_code_uri: string; qr_code_png: string }>
    }
    '/api/auth/2fa/verify': { post: Takes<{ code: string }, { recovery_codes: string[] }> }
    '/api/auth/2fa/disable': { post: Settles<{ code: string }> }
    '/api/auth/2fa/recovery-codes': { post: Takes<{ code: string }, { recovery_codes: string[] }> }
    '/api/auth/password-reset/request': { post: Settles<{ email: string }> }
    '/api/auth/password-reset/confirm': { post: Settles<{ token: string; new_password: string }> }
    '/api/auth/verify-email': { post: Settles<{ token: string }> }
    '/api/auth/verify-email/resend': { post: Settles<Record<string, never>> }
    '/api/auth/accept-invitation': { post: Takes<{ token: string; password: string }, { username: string }> }
    '/api/auth/api-keys': {
      get: Answers<ApiKey[]>
      post: {
        requestBody: Json<{ name: string; scopes: string[]; expires_in_days?: number }>
        responses: { 201: Json<ApiKey & { key: string }> }
      }
    }
    '/api/auth/api-keys/{id}': {
      delete: { parameters: { path: { id: number } }; responses: { 204: { content?: never } } }
    }
  }
}
