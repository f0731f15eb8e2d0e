/* What the API's document will say of callbacks; it goes when the generated types have it. */
import './schema'

interface Check {
  name: string
  ok: boolean
  optional: boolean
  skipped: boolean
  message: string
  code: string
  took_ms: number
}

interface Callbacks {
  installed: boolean
  status: 'none' | 'installed' | 'manual'
  artifact: string
  org_id: string
  base_url: string
  url: string
  root_ca: boolean
  installed_at: string | null
  last_at: string | null
  count: number
  repeats: number
  checks: Check[]
}

interface Manual {
  artifact: string
  artifact_yaml: string
  parameters: Record<string, string>
  key_name: string
  key?: string
  steps: string[]
}

interface Wish {
  base_url?: string
  root_ca?: string
  manual?: boolean
}

declare module './schema' {
  interface paths {
    '/api/velociraptor/callbacks': { get: { responses: { 200: { content: { 'application/json': Callbacks } } } } }
    '/api/velociraptor/callbacks/install': {
      post: {
        requestBody: { content: { 'application/json': Wish } }
        responses: { 200: { content: { 'application/json': { manual: Manual | null } } } }
      }
      delete: {
        responses: {
          200: { content: { 'application/json': { removed: boolean; checks: Check[]; steps: string[] } } }
        }
      }
    }
  }
}
