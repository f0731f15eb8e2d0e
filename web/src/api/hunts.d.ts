/* What the API's document will say of hunts and schedules; it goes when the generated types have it. */
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

interface HuntHostRow {
  client_id: string
  host_id: number | null
  hostname: string
  online: boolean
  flow_id: string
  status: 'pending' | 'launching' | 'scheduled' | 'running' | 'fetching' | 'done' | 'error'
  error_kind: string
  error: string
  cause: string
  rows: number
  tries: number
  started_at: string | null
  updated_at: string
}

interface Cause {
  cause: string
  error_kind: string
  example: string
  count: number
  hosts: { client_id: string; host_id: number | null; hostname: string }[] | null
}

interface Estimate {
  hosts: number
  online: number
  of: number
  high_risk: number
  by_os: Record<string, number>
  warnings: string[] | null
}

type ResultRow = NonNullable<
  import('./schema').paths['/api/observations']['get']['responses'][200]['content']['application/json']
>[number]

type Json<T> = { content: { 'application/json': T } }
type Id = { path: { id: number } }

declare module './schema' {
  interface paths {
    '/api/velociraptor/hunts': {
      get: {
        parameters: {
          query?: {
            status?: HuntRow['status'][]
            q?: string
            artifact?: string
            schedule_id?: number
            host_id?: number
            sort?: 'created_at' | '-created_at'
            limit?: number
            cursor?: string
          }
        }
        responses: { 200: Json<HuntRow[] | null> }
      }
      post: { requestBody: Json<HuntFields>; responses: { 202: Json<HuntRow> } }
    }
    '/api/velociraptor/hunts/estimate': { post: { requestBody: Json<HuntFields>; responses: { 200: Json<Estimate> } } }
    '/api/velociraptor/hunts/{id}': { get: { parameters: Id; responses: { 200: Json<HuntRow> } } }
    '/api/velociraptor/hunts/{id}/hosts': {
      get: {
        parameters: Id & { query?: { status?: HuntHostRow['status'][]; limit?: number; cursor?: string } }
        responses: { 200: Json<HuntHostRow[] | null> }
      }
    }
    '/api/velociraptor/hunts/{id}/errors': { get: { parameters: Id; responses: { 200: Json<Cause[] | null> } } }
    '/api/velociraptor/hunts/{id}/errors/retry': {
      post: { parameters: Id; requestBody: Json<{ cause?: string }>; responses: { 202: Json<HuntRow> } }
    }
    '/api/velociraptor/hunts/{id}/results': {
      get: {
        parameters: Id & { query?: { host_id?: number; artifact?: string; limit?: number; cursor?: string } }
        responses: { 200: Json<ResultRow[] | null> }
      }
    }
    '/api/velociraptor/hunts/{id}/results/export': {
      get: {
        parameters: Id & { query?: { host_id?: number; artifact?: string; format: 'csv' | 'ndjson' } }
        responses: { 200: Json<unknown> }
      }
    }
    '/api/velociraptor/hunts/{id}/stop': { post: { parameters: Id; responses: { 202: Json<HuntRow> } } }
    '/api/velociraptor/hunts/{id}/resume': { post: { parameters: Id; responses: { 202: Json<HuntRow> } } }
    '/api/velociraptor/hunts/{id}/extend': {
      post: { parameters: Id; requestBody: Json<{ expires: string }>; responses: { 200: Json<HuntRow> } }
    }
  }
}
