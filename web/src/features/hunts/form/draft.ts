import type { Hunt, HuntBody } from '../../../api/models'
import type { ChosenArtifact } from '../../../ui/ArtifactPicker/parameters'

export const systems = ['windows', 'linux', 'darwin'] as const
type System = (typeof systems)[number]

export const scopes = ['all', 'some', 'hosts'] as const
type Scope = (typeof scopes)[number]

/** How long endpoints may take to come online, in hours; Velociraptor's own default is a week. */
export const lifetimes = [1, 12, 24, 72, 168, 720] as const
export const usualLifetime = 168

/** A hunt as its form has it. */
export interface HuntDraft {
  description: string
  chosen: ChosenArtifact[]
  scope: Scope
  os: System | ''
  include: string[]
  exclude: string[]
  hosts: { id: number; name: string }[]
  /** In hours. */
  lifetime: number
  /** Stays open for hosts that come online later, instead of ending when those that are have answered. */
  untilExpiry: boolean
  /** Empty for none. */
  clientLimit: number | ''
  /** Seconds a host may take; empty for the artifact's own. */
  timeout: number | ''
  /** Rows a host may send; empty for the artifact's own. */
  maxRows: number | ''
}

export const emptyDraft: HuntDraft = {
  description: '',
  chosen: [],
  scope: 'all',
  os: '',
  include: [],
  exclude: [],
  hosts: [],
  lifetime: usualLifetime,
  untilExpiry: false,
  clientLimit: '',
  timeout: '',
  maxRows: '',
}

/** What the server is asked for. What the scope does not name is left out, whatever the form still holds of it. */
export function askOf(draft: HuntDraft): HuntBody {
  const given = draft.chosen.filter(({ parameters }) => Object.keys(parameters).length > 0)
  const some = draft.scope === 'some'
  return {
    description: draft.description.trim() || draft.chosen.map(({ name }) => name).join(', '),
    artifacts: draft.chosen.map(({ name }) => name),
    expires: spanOf(draft.lifetime),
    until: draft.untilExpiry ? 'expires' : 'idle',
    ...(given.length > 0
      ? { parameters: Object.fromEntries(given.map(({ name, parameters }) => [name, parameters])) }
      : {}),
    ...(some && draft.os ? { os: draft.os } : {}),
    ...(some && draft.include.length > 0 ? { include_labels: draft.include } : {}),
    ...(some && draft.exclude.length > 0 ? { exclude_labels: draft.exclude } : {}),
    ...(draft.scope === 'hosts' ? { host_ids: draft.hosts.map(({ id }) => id) } : {}),
    ...(draft.clientLimit ? { client_limit: draft.clientLimit } : {}),
    ...(draft.timeout ? { timeout: draft.timeout } : {}),
    ...(draft.maxRows ? { max_rows: draft.maxRows } : {}),
  }
}

/** Hours as the server writes spans. */
export const spanOf = (hours: number) => (hours % 24 === 0 ? `${hours / 24}d` : `${hours}h`)

/** What keeps a hunt from being started, by field. */
export function lacking(draft: HuntDraft): { artifacts?: true; hosts?: true } {
  return {
    ...(draft.chosen.length === 0 ? { artifacts: true as const } : {}),
    ...(draft.scope === 'hosts' && draft.hosts.length === 0 ? { hosts: true as const } : {}),
  }
}

type Like = Pick<
  Hunt,
  | 'description'
  | 'artifacts'
  | 'parameters'
  | 'os'
  | 'include_labels'
  | 'exclude_labels'
  | 'host_ids'
  | 'client_limit'
  | 'timeout'
  | 'max_rows'
  | 'until'
>

/** The form of a hunt that is to be like another. */
export function draftLike(hunt: { [Field in keyof Like]?: Like[Field] | null }): HuntDraft {
  const hosts = (hunt.host_ids ?? []).map((id) => ({ id, name: `#${id}` }))
  const include = hunt.include_labels ?? []
  const exclude = hunt.exclude_labels ?? []
  const os = systems.find((known) => known === hunt.os) ?? ''
  return {
    ...emptyDraft,
    description: hunt.description ?? '',
    chosen: (hunt.artifacts ?? []).map((name) => ({ name, parameters: { ...hunt.parameters?.[name] } })),
    scope: hosts.length > 0 ? 'hosts' : os || include.length + exclude.length > 0 ? 'some' : 'all',
    os,
    include,
    exclude,
    hosts,
    untilExpiry: hunt.until === 'expires',
    clientLimit: hunt.client_limit || '',
    timeout: hunt.timeout || '',
    maxRows: hunt.max_rows || '',
  }
}

/** Spans as the server takes them, in hours; the usual one where it is none. */
function hoursOf(span = ''): number {
  const [, count, unit = ''] = /^(\d+)([hdw])$/.exec(span) ?? []
  return Number(count) * ({ h: 1, d: 24, w: 168 }[unit] ?? 0) || usualLifetime
}

/** Parameters by artifact; for one artifact they may have been given without its name, and as numbers or booleans. */
function parametersOf(artifacts: string[], given: unknown): Hunt['parameters'] {
  const values = Object.entries((given ?? {}) as Record<string, unknown>)
  const nested = values.every(([, value]) => typeof value === 'object' && value !== null)
  const byArtifact = nested ? values : [[artifacts[0] ?? '', Object.fromEntries(values)] as const]
  const texts = (value: unknown) =>
    Object.fromEntries(Object.entries(value as object).map(([name, each]) => [name, String(each)]))
  return Object.fromEntries(byArtifact.map(([name, value]) => [name, texts(value)]))
}

/** The form of what a schedule asks for at each of its times. */
export function draftAsked(ask: HuntBody): HuntDraft {
  const draft = draftLike({ ...ask, parameters: parametersOf(ask.artifacts, ask.parameters) })
  return { ...draft, lifetime: hoursOf(ask.expires) }
}

/** The form as an address asks for it: artifacts and hosts by name and id, as often as there are. */
export function draftFrom(params: URLSearchParams): HuntDraft {
  const ids = params.getAll('host').map(Number)
  return draftLike({
    artifacts: params.getAll('artifact').filter(Boolean),
    host_ids: [...new Set(ids)].filter((id) => Number.isInteger(id) && id > 0),
    include_labels: params.getAll('label').filter(Boolean),
    os: params.get('os') ?? '',
  })
}
