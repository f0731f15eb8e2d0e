// Operations whose agreed shapes are not in the API document yet. Each goes when `make gen` writes it to schema.d.ts.
import './schema'

type Answer<Status extends number, Body> = {
  [S in Status]: { headers: Record<string, unknown>; content: { 'application/json': Body } }
}
type None = { query?: never; header?: never; path?: never; cookie?: never }
type ById = { query?: never; header?: never; path: { id: number }; cookie?: never }
type Body<B> = { content: { 'application/json': B } }
type Paged = { limit?: number; skip?: number; cursor?: string; sort?: string }

interface BulkSelection {
  resource: 'hosts' | 'artifacts' | 'cases'
  ids?: number[]
  filter?: Record<string, unknown>
}

interface BulkJob {
  id: number
  resource: 'hosts' | 'artifacts' | 'cases'
  action: string
  params: Record<string, unknown>
  status: 'queued' | 'running' | 'cancelling' | 'completed' | 'failed' | 'cancelled'
  progress: number
  total: number
  done: number
  failed: number
  skipped: number
  error: string
  undoable: boolean
  created_by: number | null
  created_at: string
  finished_at: string | null
  file?: { name: string; size: number; sha256: string }
}

interface BulkItem {
  resource_id: number
  name: string
  status: 'pending' | 'done' | 'failed' | 'skipped'
  error: string
}

declare module './schema' {
  interface paths {
    '/api/bulk': {
      get: { parameters: { query?: Paged; path?: never }; responses: Answer<200, BulkJob[]> }
      post: {
        parameters: None
        requestBody: Body<BulkSelection & { action: string; params?: Record<string, unknown> }>
        responses: Answer<202, BulkJob>
      }
    }
    '/api/bulk/preview': {
      post: {
        parameters: None
        requestBody: Body<BulkSelection & { action?: string; params?: Record<string, unknown> }>
        responses: Answer<200, { total: number; sample: { id: number; name: string }[] }>
      }
    }
    '/api/bulk/{id}': { get: { parameters: ById; responses: Answer<200, BulkJob> } }
    '/api/bulk/{id}/items': {
      get: {
        parameters: { query?: Paged & { status?: string }; path: { id: number } }
        responses: Answer<200, BulkItem[]>
      }
    }
    '/api/bulk/{id}/cancel': { post: { parameters: ById; responses: Answer<202, BulkJob> } }
    '/api/bulk/{id}/undo': { post: { parameters: ById; responses: Answer<202, BulkJob> } }
    '/api/bulk/{id}/download': {
      get: { parameters: ById; responses: { 200: { headers: Record<string, unknown>; content?: never } } }
    }
  }
}
