/* Operations that are agreed and not in the API's document yet. A block goes when its operations are generated. */
import type {} from './schema'

type Json<T> = { headers: { [name: string]: unknown }; content: { 'application/json': T } }
type Get<Q, R, V = never> = {
  get: { parameters: { query?: Q; path: V; header?: never; cookie?: never }; responses: { 200: Json<R> } }
}
type Send<M extends string, B, R, V = never, S extends number = 200, Q = never> = {
  [K in M]: {
    parameters: { query?: Q; path: V; header?: never; cookie?: never }
    requestBody: { content: { 'application/json': B } }
    responses: { [X in S]: Json<R> }
  }
}
type Gone<V> = { delete: { parameters: { path: V }; responses: { 204: { content?: never } } } }
type Paged = { limit?: number; skip?: number; cursor?: string; sort?: string }
type Id = { id: number }

interface Batch {
  id: number
  status: 'queued' | 'running' | 'cancelling' | 'completed' | 'failed' | 'cancelled'
  progress: number
  phase: 'receiving' | 'processing' | 'done'
  filename: string
  source: string
  format: 'auto' | 'ndjson' | 'json' | 'csv' | 'zip' | 'evtx'
  bytes: number
  lines: number
  accepted: number
  rejected: number
  rows: number
  rows_new: number
  indicators: number
  hosts_created: number
  hosts_updated: number
  error: string
  created_by?: number
  created_at: string
  finished_at?: string
}

interface Webhook {
  id: number
  name: string
  enabled: boolean
  hint: string
  signed: boolean
  signature_header: string
  created_at: string
  last_used_at?: string
  received: number
  refused: number
  url?: string
  secret?: string
}
interface Comment {
  id: number
  author_id?: number
  author: string
  body: string
  created_at: string
  edited_at?: string
}
interface Task {
  id: number
  title: string
  description: string
  status: 'open' | 'in_progress' | 'done' | 'cancelled'
  assignee_id?: number
  due_at?: string
  position: number
  created_at: string
  completed_at?: string
}
type TaskBody = Partial<Pick<Task, 'title' | 'description' | 'status' | 'position'>> & {
  assignee_id?: number | null
  due_at?: string | null
}
interface Entry {
  id: string
  time: string
  kind: string
  title: string
  text: string
  severity?: string
  actor?: string
  ref: { type: string; id: number }
  link: string
  count?: number
}
interface Sighting {
  host_id: number
  hostname: string
  source_id: number
  source_name: string
  field: string
  count: number
  first_seen: string
  last_seen: string
  observation_id?: number
}
type Tlp = 'clear' | 'green' | 'amber' | 'amber+strict' | 'red'
interface NewItem {
  artifact_type: string
  value: string
  description?: string
  tlp?: Tlp
  tags?: string[]
  expires_at?: string
}
interface Found {
  artifact_type: string
  value: string
  original: string
  accepted: boolean
  guard?: string
  guard_reason?: string
  known_id?: number
}

declare module './schema' {
  interface paths {
    '/api/artifacts/parse': Send<'post', { text: string }, { found: Found[] | null; truncated: boolean }>
    '/api/artifacts/batch': Send<
      'post',
      { items: NewItem[]; case_id?: number },
      {
        created: number
        existing: number
        rejected: number
        items: { index: number; id?: number; error?: string }[] | null
      }
    >
    '/api/artifacts/import': Send<
      'post',
      string,
      { created: number; updated: number; rejected: number; errors: { line: number; message: string }[] | null },
      never,
      200,
      { dry_run?: boolean }
    >
    '/api/artifacts/export': Get<{ format?: 'csv' | 'ndjson' } & Record<string, unknown>, unknown>
    '/api/artifacts/{id}/sightings': Get<Paged, Sighting[] | null, Id>
    '/api/artifacts/{id}/cases': Get<
      Paged,
      import('./schema').paths['/api/cases']['get']['responses'][200]['content']['application/json'],
      Id
    >
    '/api/ingestion/batches': Get<Paged & { status?: string }, Batch[] | null> &
      Send<
        'post',
        string,
        Batch,
        never,
        202,
        { source?: string; filename?: string; format?: Batch['format']; hostname?: string; client_id?: string }
      >
    '/api/ingestion/batches/{id}': Get<never, Batch, Id>
    '/api/ingestion/batches/{id}/errors': Get<
      Paged & { format?: 'ndjson' | 'csv' },
      { line: number; offset: number; reason: string; field?: string; excerpt: string }[] | null,
      Id
    >
    '/api/ingestion/batches/{id}/cancel': Send<'post', undefined, Batch, Id, 202>
    '/api/ingestion/batches/{id}/retry': Send<'post', undefined, Batch, Id, 202>
    '/api/webhooks': Get<Paged, Webhook[] | null> &
      Send<'post', { name: string; signed?: boolean; signature_header?: string; secret?: string }, Webhook, never, 201>
    '/api/webhooks/{id}': Send<'patch', { name?: string; enabled?: boolean }, Webhook, Id> & Gone<Id>
    '/api/webhooks/{id}/rotate': Send<'post', { what?: 'both' | 'url' | 'secret' }, Webhook, Id>
    '/api/webhooks/{id}/deliveries': Get<
      Paged,
      | {
          id: number
          received_at: string
          outcome: 'accepted' | 'refused'
          delivery_id: string | null
          size: number
          reason: string
          ip_address: string
          content_type: string
        }[]
      | null,
      Id
    >
    '/api/cases/{id}/artifacts/{artifact_id}': Gone<Id & { artifact_id: number }>
    '/api/cases/{id}/comments': Get<Paged, Comment[] | null, Id> & Send<'post', { body: string }, Comment, Id, 201>
    '/api/cases/{id}/comments/{comment_id}': Send<'patch', { body: string }, Comment, Id & { comment_id: number }> &
      Gone<Id & { comment_id: number }>
    '/api/cases/{id}/tasks': Get<Paged, Task[] | null, Id> & Send<'post', TaskBody & { title: string }, Task, Id, 201>
    '/api/cases/{id}/tasks/{task_id}': Send<'patch', TaskBody, Task, Id & { task_id: number }> &
      Gone<Id & { task_id: number }>
    '/api/cases/{id}/timeline': Get<Paged & { kinds?: string }, Entry[] | null, Id>
  }
}
