/* What the API's document will say of connections, collections and isolation; it goes when the generated types have it. */
import './schema'

type Ok<T> = { 200: { content: { 'application/json': T } } }
type Op<T, Q = never, P = never, B = never> = {
  parameters: ([Q] extends [never] ? {} : { query?: Q }) & ([P] extends [never] ? {} : { path: P })
  responses: Ok<T>
} & ([B] extends [never] ? {} : { requestBody: { content: { 'application/json': B } } })
interface Check {
  name: string
  ok: boolean
  optional: boolean
  message: string
  took_ms: number
  code: string
  skipped: boolean
}
interface Callbacks {
  installed_at: string | null
  last_at: string | null
  count: number
  url: string
}
interface Sync {
  status: string
  last_full_at: string | null
  clients: number
  new: number
  gone: number
  error: string
}
interface Collection {
  id: number
  client_id: string
  host_id: number
  hostname: string
  artifact_name: string
  flow_id: string
  status: 'queued' | 'running' | 'waiting' | 'cancelling' | 'completed' | 'failed' | 'cancelled'
  rows: number
  files: number
  error: string
  error_kind: string
  parameters: Record<string, string>
  progress: number
  created_at: string
  started_at: string | null
  finished_at: string | null
}
interface File {
  id: number
  name: string
  size: number
  sha256: string
  stored: boolean
  error: string
}
interface Isolation {
  id: number
  host_id: number
  action: 'isolate' | 'release'
  status: string
  verified: boolean | null
  error: string
  reason: string
  requested_by: string
  created_at: string
  finished_at: string | null
}
interface Rules {
  never: { host_ids: number[]; labels: string[]; hostnames: string[] }
}
declare module './schema' {
  interface paths {
    '/api/velociraptor/sync': { post: Op<Sync> }
    '/api/velociraptor/callbacks': { get: Op<Callbacks> }
    '/api/velociraptor/callbacks/install': {
      post: Op<{ installed: boolean; checks: Check[]; manual?: { artifact_yaml: string; steps: string[] } }>
      delete: { parameters: {}; responses: { 204: {} } }
    }
    '/api/velociraptor/callbacks/manual': { get: Op<{ artifact_yaml: string; steps: string[] }> }
    '/api/velociraptor/isolation-rules': { get: Op<Rules>; put: Op<Rules, never, never, Rules> }
    '/api/hosts/{id}/isolate': { post: Op<Isolation, never, { id: number }, { reason: string; confirm?: string }> }
    '/api/hosts/{id}/release': { post: Op<Isolation, never, { id: number }, { reason: string; confirm?: string }> }
    '/api/hosts/{id}/isolations': { get: Op<Isolation[], { limit?: number }, { id: number }> }
    '/api/velociraptor/collect': {
      post: Op<
        Collection,
        never,
        never,
        {
          client_id?: string
          host_id?: number
          artifact_name: string
          parameters?: Record<string, string>
          timeout?: number
          max_rows?: number
        }
      >
    }
    '/api/velociraptor/collections': {
      get: Op<
        Collection[],
        {
          host_id?: number
          client_id?: string
          artifact?: string
          status?: string
          limit?: number
          cursor?: string
          sort?: string
        }
      >
    }
    '/api/velociraptor/collections/{id}': { get: Op<Collection, never, { id: number }> }
    '/api/velociraptor/collections/{id}/results': {
      get: {
        parameters: { query?: { limit?: number; cursor?: string }; path: { id: number } }
        responses: import('./schema').paths['/api/observations']['get']['responses']
      }
    }
    '/api/velociraptor/collections/{id}/results/export': {
      get: Op<string, { format?: 'csv' | 'ndjson' }, { id: number }>
    }
    '/api/velociraptor/collections/{id}/files': { get: Op<File[], never, { id: number }> }
    '/api/velociraptor/collections/{id}/files/{file_id}': { get: Op<string, never, { id: number; file_id: number }> }
    '/api/velociraptor/collections/{id}/cancel': { post: Op<Collection, never, { id: number }> }
    '/api/velociraptor/collections/{id}/retry': { post: Op<Collection, never, { id: number }> }
  }
}
