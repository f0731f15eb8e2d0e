import { describe, expect, it } from 'vitest'
import { expiryOf } from './state'

const at = '2026-12-01T00:00:00Z'

describe('the end of the certificate', () => {
  it.each([
    [31, null],
    [30, 'soon'],
    [8, 'soon'],
    [7, 'now'],
    [0, 'now'],
    [-1, 'over'],
  ] as const)('in %i days is %s', (days, expected) => {
    expect(expiryOf({ expires_at: at, expires_in_days: days })).toBe(expected)
  })

  it('is no matter where there is no certificate', () => {
    expect(expiryOf({ expires_at: null, expires_in_days: null })).toBeNull()
  })
})
