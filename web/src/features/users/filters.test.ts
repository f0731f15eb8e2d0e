import { describe, expect, it } from 'vitest'
import type { User } from '../../api/models'
import { filterOf, grantable, isAbove, stateOf } from './filters'

const now = Date.parse('2026-11-21T12:00:00Z')
const user = (change: Partial<User>) => ({ is_active: true, ...change }) as User

describe('the state of an account', () => {
  it.each([
    [{}, 'active'],
    [{ invited: true }, 'invited'],
    [{ locked_until: '2026-11-21T12:05:00Z' }, 'locked'],
    [{ locked_until: '2026-11-21T11:55:00Z' }, 'active'],
    [{ is_active: false, invited: true }, 'inactive'],
  ])('%j is %s', (change, state) => {
    expect(stateOf(user(change), now)).toBe(state)
  })
})

describe('roles', () => {
  it('are given up to the own', () => {
    expect(grantable('admin')).toEqual(['viewer', 'user', 'admin'])
    expect(grantable('intern')).toEqual([])
  })

  it('compare', () => {
    expect(isAbove('super_admin', 'admin')).toBe(true)
    expect(isAbove('admin', 'admin')).toBe(false)
  })
})

it('asks the server for what the address says, and leaves out what it does not know', () => {
  const asked = filterOf(new URLSearchParams('q=mia&role=root&state=locked&sort=-last_login_at'))
  expect(asked).toEqual({ q: 'mia', is_active: 'true', locked: 'true', sort: '-last_login_at' })
})
