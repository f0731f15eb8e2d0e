/*
 * The operations of administration, in the words of the agreed contract, until the generated document has them: then this
 * file goes.
 */
import type { AuditEntry, AuditVerdict, User } from './models'

interface Op<Shape extends { query?: object; path?: object; body?: unknown; answer?: unknown }> {
  parameters: {
    query?: Shape extends { query: infer Q } ? Q : never
    path: Shape extends { path: infer P } ? P : never
  }
  requestBody: Shape extends { body: infer B } ? { content: { 'application/json': B } } : undefined
  responses: { 200: { content: { 'application/json': Shape extends { answer: infer A } ? A : undefined } } }
}
type Id = { id: number }
type AuditQuery = {
  limit?: number
  cursor?: string
  action?: string
  resource_type?: string
  resource_id?: string
  user_id?: number
  username?: string
  outcome?: 'success' | 'failure' | 'denied'
  from?: string
  to?: string
  q?: string
}

declare module './schema' {
  interface paths {
    '/api/users/{id}/invite': { post: Op<{ path: Id; answer: { sent: boolean; invitation_url?: string } }> }
    '/api/users/{id}/unlock': { post: Op<{ path: Id; answer: User }> }
    '/api/users/{id}/reset-2fa': { post: Op<{ path: Id; answer: User }> }
    '/api/users/{id}/sessions': { delete: Op<{ path: Id }> }
    '/api/audit': { get: Op<{ query: AuditQuery; answer: AuditEntry[] }> }
    '/api/audit/{id}': { get: Op<{ path: Id; answer: AuditEntry }> }
    '/api/audit/export': { get: Op<{ query: AuditQuery & { format: 'csv' | 'json' } }> }
    '/api/audit/verify': { get: Op<{ answer: AuditVerdict }> }
  }
}
