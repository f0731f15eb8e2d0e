/* What the API's document will say of a server's artifacts; it goes when the generated types have it. */
import './schema'

interface Parameter {
  name: string
  type: string
  default: string
  description: string
  choices: string[] | null
}

interface Definition {
  name: string
  description: string
  type: string
  parameters: Parameter[] | null
  sources: string[] | null
  required_permissions: string[] | null
  needs_admin: boolean
  allowed: boolean
}

declare module './schema' {
  interface paths {
    '/api/velociraptor/artifacts': {
      get: {
        parameters: { query?: { q?: string; type?: string; limit?: number } }
        responses: { 200: { content: { 'application/json': Definition[] | null } } }
      }
    }
    '/api/velociraptor/artifacts/{name}': {
      get: {
        parameters: { path: { name: string } }
        responses: { 200: { content: { 'application/json': Definition } } }
      }
    }
  }
}
