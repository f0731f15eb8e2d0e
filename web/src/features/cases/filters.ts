import type { CaseQuery } from '../../api/models'
import { sortFrom } from '../../ui/sort'

const sorts = ['id', 'title', 'severity', 'status', 'updated_at'] as const

/** How the address sorts the cases: what changed last comes first. */
export const sortOf = (params: URLSearchParams) => sortFrom(params, sorts, '-updated_at')

export const statuses = ['open', 'investigating', 'closed'] as const
export const severities = ['critical', 'high', 'medium', 'low'] as const

/** What the address asks of the list of cases; `mine` needs to know who asks. */
export function filterOf(params: URLSearchParams, me: number): CaseQuery {
  const status = statuses.find((known) => known === params.get('status'))
  const severity = severities.find((known) => known === params.get('severity'))
  return {
    sort: sortOf(params),
    ...(params.get('q') ? { q: params.get('q') ?? '' } : {}),
    ...(status ? { status } : {}),
    ...(severity ? { severity } : {}),
    ...(params.get('mine') === '1' ? { assignee_id: String(me) } : {}),
  }
}

export const filterNames = ['q', 'status', 'severity', 'mine'] as const

/** What narrows the list, as one text: ticks belong to the rows that one filter lists. */
export const filterKey = (params: URLSearchParams) => JSON.stringify(filterNames.map((name) => params.get(name)))
