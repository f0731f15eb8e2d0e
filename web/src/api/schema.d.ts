/* The shape openapi-typescript writes, by hand until ../openapi.json is there: `npm run gen` replaces this file. */

interface Problem {
  type?: string
  title?: string
  status?: number
  detail?: string
  code?: string
  request_id?: string
  errors?: { location?: string; message?: string; value?: unknown }[]
}

type Operation<Answer, Status extends number = 200, Body = never, Query = never, Path = never> = {
  parameters: { query?: Query; header?: never; path: Path; cookie?: never }
  requestBody: [Body] extends [never] ? never : { content: { 'application/json': Body } }
  responses: {
    [status in Status]: { headers: { [name: string]: unknown }; content: { 'application/json': Answer } }
  } & { default: { headers: { [name: string]: unknown }; content: { 'application/problem+json': Problem } } }
}

type Id = { id: number }
type Paging = { limit?: number; skip?: number; cursor?: string; sort?: string }
type Free = { [key: string]: unknown }

interface Host {
  id: number
  hostname: string
  ip_address?: string
  os?: string
  client_id?: string
  labels: string[]
  host_metadata: Free
  threat_score: number
  online: boolean
  isolation?: string
  created_at: string
  last_seen?: string
}
interface HostBody {
  hostname?: string
  ip_address?: string
  os?: string
  client_id?: string
  labels?: string[]
  host_metadata?: Free
}
interface Observation {
  id: number
  source?: string
  observed_at?: string
  created_at?: string
  data?: Free
}
interface Case {
  id: number
  title: string
  description: string
  status: string
  severity: string
  assignee_id?: number
  tags: string[]
  created_at: string
  updated_at: string
}
interface CaseBody {
  title?: string
  description?: string
  status?: string
  severity?: string
  assignee_id?: number | null
  tags?: string[]
}
interface Artifact {
  id: number
  case_id?: number
  artifact_type: string
  value: string
  description: string
  artifact_metadata: Free
  created_at: string
}
interface ArtifactBody {
  case_id?: number
  artifact_type?: string
  value?: string
  description?: string
}
interface User {
  id: number
  username: string
  email?: string
  email_verified: boolean
  role: string
  tenant_id: number
  is_active: boolean
  totp_enabled: boolean
  created_at: string
}
interface Tenant {
  id: number
  name: string
}
interface Token {
  access_token: string
  refresh_token?: string
  token_type: string
  expires_in: number
}
interface Playbook {
  id: number
  name: string
  description: string
  enabled: boolean
  trigger_type: string
  trigger: Free
  inputs: Free
  actions: Free[]
  version: number
  source?: string
  created_at?: string
  updated_at?: string
}
interface Diagnostic {
  severity: string
  path?: string
  line?: number
  column?: number
  message: string
}
interface Step {
  key: string
  id: string
  type: string
  status: string
  attempts: number
  input?: unknown
  output?: unknown
  error?: string
  skipped_because?: string
  started_at?: string
  finished_at?: string
}
interface Execution {
  id: number
  playbook_id: number
  playbook_name?: string
  playbook_version: number
  status: string
  trigger_type: string
  inputs: Free
  started_at?: string
  finished_at?: string
  created_at?: string
  error?: string
  workflow_id?: string
  temporal_url?: string
  retry_of?: number
  steps?: Step[]
}
interface Notification {
  id: number
  seq: number
  type: string
  title: string
  message: string
  severity: string
  link?: string
  is_read: boolean
  created_at: string
}
interface Dashboard {
  hosts: {
    total: number
    online: number
    by_band: { benign: number; low: number; medium: number; high: number; critical: number }
  }
  cases: { open: number; investigating: number; closed: number; by_severity: { [severity: string]: number } }
  executions: { running: number; failed_24h: number; completed_24h: number }
  needs_you: { unread_notifications: number; cases_assigned: number; failed_executions_24h: number }
  top_hosts: Host[]
  recent_executions: Execution[]
}

export interface paths {
  '/api/auth/status': { get: Operation<{ needs_setup: boolean; setup_token_required: boolean }> }
  '/api/auth/login': { post: Operation<Token, 200, { username: string; password: string; totp_code?: string }> }
  '/api/auth/register': {
    post: Operation<User, 201, { username: string; password: string; email?: string; setup_token?: string }>
  }
  '/api/auth/refresh': { post: Operation<Token, 200, { refresh_token?: string }> }
  '/api/auth/logout': { post: Operation<never, 204, { refresh_token?: string }> }
  '/api/auth/me': { get: Operation<User & { tenant: Tenant; permissions?: string[] }> }
  '/api/users': { get: Operation<User[], 200, never, Paging> }
  '/api/dashboard': { get: Operation<Dashboard> }
  '/api/hosts': {
    get: Operation<
      Host[],
      200,
      never,
      Paging & {
        q?: string
        hostname?: string
        ip_address?: string
        os?: string
        label?: string
        score_min?: number
        online?: boolean
      }
    >
    post: Operation<Host, 201, HostBody & { hostname: string }>
  }
  '/api/hosts/{id}': {
    get: Operation<Host, 200, never, never, Id>
    patch: Operation<Host, 200, HostBody, never, Id>
    delete: Operation<never, 204, never, never, Id>
  }
  '/api/hosts/{id}/observations': { get: Operation<Observation[], 200, never, Paging, Id> }
  '/api/cases': {
    get: Operation<
      Case[],
      200,
      never,
      Paging & { q?: string; status?: string; severity?: string; assignee_id?: number; host_id?: number }
    >
    post: Operation<Case, 201, CaseBody & { title: string }>
  }
  '/api/cases/{id}': {
    get: Operation<Case, 200, never, never, Id>
    patch: Operation<Case, 200, CaseBody, never, Id>
    delete: Operation<never, 204, never, never, Id>
  }
  '/api/cases/{id}/hosts': { get: Operation<Host[], 200, never, Paging, Id> }
  '/api/cases/{id}/artifacts': {
    get: Operation<Artifact[], 200, never, Paging, Id>
    post: Operation<Artifact, 201, ArtifactBody & { artifact_type: string; value: string }, never, Id>
  }
  '/api/artifacts': {
    get: Operation<Artifact[], 200, never, Paging & { q?: string; artifact_type?: string; case_id?: number }>
    post: Operation<Artifact, 201, ArtifactBody & { artifact_type: string; value: string }>
  }
  '/api/artifacts/{id}': { delete: Operation<never, 204, never, never, Id> }
  '/api/playbooks': {
    get: Operation<Playbook[], 200, never, Paging & { q?: string; enabled?: boolean }>
    post: Operation<Playbook, 201, { source: string; enabled?: boolean }>
  }
  '/api/playbooks/{id}': {
    get: Operation<Playbook, 200, never, never, Id>
    put: Operation<Playbook, 200, { source?: string; enabled?: boolean }, never, Id>
    delete: Operation<never, 204, never, never, Id>
  }
  '/api/playbooks/{id}/execute': { post: Operation<Execution, 202, { inputs?: Free }, never, Id> }
  '/api/playbooks/{id}/executions': { get: Operation<Execution[], 200, never, Paging, Id> }
  '/api/playbooks/validate': {
    post: Operation<{ valid: boolean; diagnostics: Diagnostic[] }, 200, { source: string }>
  }
  '/api/playbooks/library': { get: Operation<{ name: string; description: string; source: string }[]> }
  '/api/playbooks/executions': {
    get: Operation<Execution[], 200, never, Paging & { playbook_id?: number; status?: string }>
  }
  '/api/playbooks/executions/{id}': { get: Operation<Execution, 200, never, never, Id> }
  '/api/playbooks/executions/{id}/cancel': { post: Operation<Execution, 202, { reason?: string }, never, Id> }
  '/api/notifications': { get: Operation<Notification[], 200, never, Paging & { read?: boolean }> }
  '/api/notifications/{id}': { put: Operation<Notification, 200, { is_read: boolean }, never, Id> }
  '/api/notifications/mark-all-read': { post: Operation<never, 204> }
  '/api/temporal/session': { post: Operation<never, 204> }
}
