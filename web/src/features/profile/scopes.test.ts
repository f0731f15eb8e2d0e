import { expect, it } from 'vitest'
import { allScopes, readingScopes, scopeGroups } from './scopes'

const grant = (permission: string, keys = true) => ({
  permission,
  role: 'user' as const,
  summary: `may ${permission}`,
  keys,
})
const grants = [
  grant('account:own', false),
  grant('hosts:read'),
  grant('cases:read'),
  grant('hosts:write'),
  grant('audit:read'),
]

it('offers what a key may hold and its owner may do, by resource', () => {
  const groups = scopeGroups(grants, ['account:own', 'hosts:read', 'hosts:write', 'cases:read'])
  expect(groups.map(({ resource, scopes }) => [resource, scopes.map(({ verb }) => verb)])).toEqual([
    ['hosts', ['read', 'write']],
    ['cases', ['read']],
  ])
  expect(readingScopes(groups)).toEqual(['hosts:read', 'cases:read'])
  expect(allScopes(groups)).toEqual(['hosts:read', 'hosts:write', 'cases:read'])
})

it('offers nothing to somebody without permissions', () => {
  expect(scopeGroups(grants, [])).toEqual([])
})
