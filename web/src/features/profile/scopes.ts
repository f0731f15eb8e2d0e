import type { Grant } from '../../api/models'

export interface ScopeGroup {
  /** What the scopes are about: the part before the colon. */
  resource: string
  scopes: { name: string; verb: string; summary: string }[]
}

/** The scopes a key of somebody with these permissions may hold, by what they are about. */
export function scopeGroups(grants: Grant[], own: string[]): ScopeGroup[] {
  const groups = new Map<string, ScopeGroup>()
  for (const { permission, keys, summary } of grants) {
    if (!keys || !own.includes(permission)) continue
    const [resource = '', verb = ''] = permission.split(':')
    const group = groups.get(resource) ?? { resource, scopes: [] }
    group.scopes.push({ name: permission, verb, summary })
    groups.set(resource, group)
  }
  return [...groups.values()]
}

/** Every scope of the groups that only reads. */
export function readingScopes(groups: ScopeGroup[]): string[] {
  return groups.flatMap(({ scopes }) => scopes.filter(({ verb }) => verb === 'read').map(({ name }) => name))
}

/** Every scope of the groups. */
export function allScopes(groups: ScopeGroup[]): string[] {
  return groups.flatMap(({ scopes }) => scopes.map(({ name }) => name))
}
