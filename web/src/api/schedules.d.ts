/* What the API's document will say of schedules; it goes when the generated types have it. */
import './schema'

interface HuntFields {
  description?: string
  artifacts: string[]
  parameters?: Record<string, Record<string, string>>
  os?: 'windows' | 'linux' | 'darwin'
  include_labels?: string[]
  exclude_labels?: string[]
  host_ids?: number[]
  expires?: string
  client_limit?: number
  timeout?: number
  max_rows?: number
  until?: 'idle' | 'expires'
  paused?: boolean
}

interface HuntRow extends Required<Omit<HuntFields, 'expires' | 'os'>> {
  id: number
  hunt_id: string
  os: string
  status: 'queued' | 'running' | 'waiting' | 'cancelling' | 'completed' | 'failed' | 'cancelled'
  ended: string
  error: string
  error_kind: string
  targets: number
  online: number
  scheduled: number
  running: number
  finished: number
  errors: number
  rows: number
  rows_new: number
  rows_refused: number
  refused_reason: string
  progress: number
  schedule_id: number | null
  scheduled_at: string | null
  execution_id: number | null
  username: string
  created_at: string
  started_at: string | null
  expires_at: string
  finished_at: string | null
}

type Json<T> = { content: { 'application/json': T } }
type Id = { path: { id: number } }

interface ScheduleFields {
  name: string
  hunt: HuntFields
  cron?: string
  interval?: string
  timezone: string
  overlap: 'skip' | 'buffer_one' | 'allow_all'
  jitter_seconds: number
  note: string
  paused?: boolean
}

interface ScheduleRow extends Required<ScheduleFields> {
  id: number
  next_runs: string[]
  last_run: HuntRow | null
  created_at: string
}

interface Difference {
  from: number
  to: number
  new: DifferenceRow[]
  gone: DifferenceRow[]
  counts: { new: number; gone: number }
  truncated: boolean
}

interface DifferenceRow {
  host_id: number
  hostname: string
  artifact: string
  data: Record<string, unknown>
}

declare module './schema' {
  interface paths {
    '/api/velociraptor/hunts/schedules': {
      get: {
        parameters: { query?: { q?: string; limit?: number; cursor?: string } }
        responses: { 200: Json<ScheduleRow[] | null> }
      }
      post: { requestBody: Json<ScheduleFields>; responses: { 201: Json<ScheduleRow> } }
    }
    '/api/velociraptor/hunts/schedules/{id}': {
      get: { parameters: Id; responses: { 200: Json<ScheduleRow> } }
      put: { parameters: Id; requestBody: Json<ScheduleFields>; responses: { 200: Json<ScheduleRow> } }
      delete: { parameters: Id; responses: { 204: { content?: never } } }
    }
    '/api/velociraptor/hunts/schedules/{id}/pause': {
      post: { parameters: Id; responses: { 200: Json<ScheduleRow> } }
    }
    '/api/velociraptor/hunts/schedules/{id}/resume': {
      post: { parameters: Id; responses: { 200: Json<ScheduleRow> } }
    }
    '/api/velociraptor/hunts/schedules/{id}/trigger': { post: { parameters: Id; responses: { 202: unknown } } }
    '/api/velociraptor/hunts/schedules/{id}/runs': {
      get: {
        parameters: Id & { query?: { limit?: number; cursor?: string } }
        responses: { 200: Json<HuntRow[] | null> }
      }
    }
    '/api/velociraptor/hunts/schedules/{id}/diff': {
      get: {
        parameters: Id & { query?: { from?: number; to?: number; artifact?: string; ignore?: string[] } }
        responses: { 200: Json<Difference> }
      }
    }
  }
}
