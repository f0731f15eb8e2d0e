import type { AuditQuery } from '../../api/models'
import { endsOf } from '../../ui/Range/range'

export const outcomes = ['success', 'failure', 'denied'] as const

/** The kinds of objects the log tells of, in the order they are offered. */
export const objectTypes = [
  'user',
  'tenant',
  'host',
  'case',
  'artifact',
  'playbook',
  'execution',
  'session',
  'api_key',
  'event',
] as const

/** What filters the log in the address. */
export const filterNames = ['q', 'actor', 'action', 'type', 'id', 'outcome', 'range', 'from', 'to'] as const

export const isFiltered = (params: URLSearchParams) => filterNames.some((name) => params.has(name))

/** What the address asks the server for. Ranges that end now count back from `now`, to the second. */
export function filterOf(params: URLSearchParams, now: number): AuditQuery {
  const outcome = outcomes.find((known) => known === params.get('outcome'))
  const text = (name: string) => params.get(name)?.trim() ?? ''
  const plain = {
    q: text('q'),
    username: text('actor'),
    action: text('action'),
    resource_type: text('type'),
    resource_id: text('id'),
  }
  return {
    ...Object.fromEntries(Object.entries(plain).filter(([, value]) => value !== '')),
    ...(outcome ? { outcome } : {}),
    ...endsOf(params, now),
  }
}
