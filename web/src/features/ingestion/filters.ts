import type { BatchQuery } from '../../api/models'

/** The states one looks for. */
export const statuses = ['running', 'completed', 'failed', 'cancelled'] as const

/** What the address asks of the list of batches. */
export function filterOf(params: URLSearchParams): BatchQuery {
  const status = statuses.find((known) => known === params.get('status'))
  return status ? { status } : {}
}
