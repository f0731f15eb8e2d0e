import type { CaseQuery } from '../../api/models'

/** What changed last comes first. */
export const defaultSort = '-updated_at'

export const statuses = ['open', 'investigating', 'closed'] as const
export const severities = ['critical', 'high', 'medium', 'low'] as const

/** What the address asks of the list of cases; `mine` needs to know who asks. */
export function filterOf(params: URLSearchParams, me: number): CaseQuery {
  const status = statuses.find((known) => known === params.get('status'))
  const severity = severities.find((known) => known === params.get('severity'))
  return {
    sort: params.get('sort') ?? defaultSort,
    ...(params.get('q') ? { q: params.get('q') ?? '' } : {}),
    ...(status ? { status } : {}),
    ...(severity ? { severity } : {}),
    ...(params.get('mine') === '1' ? { assignee_id: me } : {}),
  }
}

export const filterNames = ['q', 'status', 'severity', 'mine'] as const
