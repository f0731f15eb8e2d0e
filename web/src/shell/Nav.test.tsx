import { screen } from '@testing-library/react'
import { describe, expect, it } from 'vitest'
import { may } from '../app/permissions'
import { show } from '../test/render'
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

  it('shows nothing to a role it does not know', () => {
    expect(navigation('intern')).toEqual([])
  })
})

describe('permissions', () => {
  it.each([
    ['viewer', 'read', true],
    ['viewer', 'work', false],
    ['user', 'work', true],
    ['user', 'editPlaybooks', false],
    ['admin', 'editPlaybooks', true],
    ['super_admin', 'editPlaybooks', true],
    ['', 'read', false],
  ] as const)('%s may %s: %s', (role, permission, expected) => {
    expect(may(role, permission)).toBe(expected)
  })

  it('gives nobody unknown anything', () => {
    expect(may(undefined, 'read')).toBe(false)
  })
})
