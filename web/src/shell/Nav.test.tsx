import { cleanup, screen } from '@testing-library/react'
import { describe, expect, it } from 'vitest'
import { may, permissions } from '../app/permissions'
import { show } from '../test/render'
import { grants, permissionsOf } from '../test/roles'
import { navigation } from './entries'
import { Nav } from './Nav'

describe('the navigation', () => {
  it('shows a viewer the pages a viewer can read, inside the own tenant', () => {
    show(<Nav />, { role: 'viewer', at: '/t/1/hosts' })
    const links = screen.getAllByRole('link').map((link) => link.getAttribute('href'))
    expect(links).toContain('/t/1/hosts')
    expect(links.every((link) => link?.startsWith('/t/1'))).toBe(true)
    expect(screen.getByRole('link', { name: 'Hosts' })).toHaveAttribute('aria-current', 'page')
    expect(screen.getByRole('link', { name: 'Dashboard' })).not.toHaveAttribute('aria-current')
  })

  it('shows a viewer nothing to govern with, and an administrator all of it', () => {
    show(<Nav />, { role: 'viewer' })
    expect(screen.queryByRole('link', { name: 'Users' })).toBeNull()
    cleanup()
    show(<Nav />, { role: 'admin' })
    for (const name of ['Users', 'Tenants', 'Audit log']) expect(screen.getByRole('link', { name })).toBeVisible()
  })

  it('shows nothing to somebody without permissions', () => {
    expect(navigation([])).toEqual([])
    expect(navigation(undefined)).toEqual([])
  })
})

describe('permissions', () => {
  it('have the names that the API document has', () => {
    const known = grants()
    expect(permissions.filter((permission) => !known.has(permission))).toEqual([])
  })

  it.each([
    ['viewer', 'hosts:read', true],
    ['viewer', 'hosts:write', false],
    ['user', 'cases:write', true],
    ['user', 'playbooks:manage', false],
    ['admin', 'users:manage', true],
    ['admin', 'tenants:manage', false],
    ['super_admin', 'tenants:manage', true],
    ['intern', 'hosts:read', false],
  ] as const)('%s may %s: %s', (role, permission, expected) => {
    expect(may(permissionsOf(role), permission)).toBe(expected)
  })
})
