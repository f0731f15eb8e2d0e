import type { Artifact, ArtifactQuery } from '../../api/models'
import { artifactTypes } from '../../resources/artifactTypes'
import { sortFrom } from '../../ui/sort'

const sorts = ['value', 'created_at', 'last_seen', 'hosts', 'sightings'] as const

/** How the address sorts the indicators: the newest come first. */
export const sortOf = (params: URLSearchParams) => sortFrom(params, sorts, '-created_at')

export const tlps = ['clear', 'green', 'amber', 'amber+strict', 'red'] as const satisfies readonly Artifact['tlp'][]
export const origins = ['manual', 'import', 'extracted', 'playbook'] as const satisfies readonly Artifact['origin'][]
/** What may be said of an indicator: it counts, its time is over, or it was no indicator. */
export const states = ['current', 'expired', 'false_positive'] as const
/** Hours back. */
export const seenWithin = { day: 24, week: 7 * 24, month: 30 * 24 } as const

/** What narrows the list; the second line shows on demand. */
const firstFilters = ['q', 'type', 'tlp', 'state'] as const
export const moreFilters = ['origin', 'seen', 'hosts', 'tag'] as const
export const filterNames = [...firstFilters, ...moreFilters, 'case'] as const

export const isFiltered = (params: URLSearchParams) => filterNames.some((name) => params.has(name))

const one = <Value extends string>(known: readonly Value[], wanted: string | null): Value | undefined =>
  known.find((value) => value === wanted)

function stateOf(params: URLSearchParams): ArtifactQuery {
  const state = one(states, params.get('state'))
  if (state === 'current') return { expired: 'false', false_positive: 'false' }
  if (state === 'expired') return { expired: 'true' }
  return state === 'false_positive' ? { false_positive: 'true' } : {}
}

/** What the address asks of the list; `now` in milliseconds is where "seen within" counts from. */
export function filterOf(params: URLSearchParams, now: number): ArtifactQuery {
  const type = one(artifactTypes, params.get('type'))
  const tlp = one(tlps, params.get('tlp'))
  const origin = one(origins, params.get('origin'))
  const seen = one(['day', 'week', 'month'] as const, params.get('seen'))
  const hosts = Math.floor(Number(params.get('hosts')))
  const text = (name: string) => params.get(name) ?? ''
  return {
    sort: sortOf(params),
    ...stateOf(params),
    ...(text('q') ? { q: text('q') } : {}),
    ...(type ? { artifact_type: type } : {}),
    ...(tlp ? { tlp } : {}),
    ...(origin ? { origin } : {}),
    ...(text('tag') ? { tag: text('tag') } : {}),
    ...(text('case') ? { case_id: text('case') } : {}),
    ...(seen ? { seen_after: new Date(now - seenWithin[seen] * 3_600_000).toISOString() } : {}),
    ...(hosts > 0 ? { hosts_min: hosts } : {}),
  }
}

/** The columns that stay hidden until somebody wants them. */
const hiddenAtFirst = ['origin', 'sightings', 'created']

/** What the address hides; `-` when nothing is. */
export function hiddenOf(params: URLSearchParams): Set<string> {
  const hide = params.get('hide')
  return new Set(hide === null ? hiddenAtFirst : hide.split(',').filter((key) => key !== '' && key !== '-'))
}

/** The filters as text: ticks belong to the rows that one filter lists. */
export const filterKey = (params: URLSearchParams) => filterNames.map((name) => params.get(name) ?? '').join('\n')
