import type { ConnectionBody } from '../../api/models'

/** What stands in the form of a connection. */
export interface Draft {
  kind: 'file' | 'short'
  text: string
  filename: string
  url: string
  key: string
  org: string
}

export const emptyDraft: Draft = { kind: 'file', text: '', filename: '', url: '', key: '', org: '' }

export const isComplete = ({ kind, text, url, key }: Draft) =>
  kind === 'file' ? text.trim() !== '' : url.trim() !== '' && key.trim() !== ''

/** The connection as the server takes it. */
export function bodyOf({ kind, text, url, key, org }: Draft): ConnectionBody {
  const named = { org_id: org.trim() } // empty too: left out it would be the org of the connection that is there
  return kind === 'file' ? { api_client: text, ...named } : { base_url: url.trim(), api_key: key.trim(), ...named }
}
