import { describe, expect, it } from 'vitest'
import { changed, fits, keepsLess, valuesOf } from './settings'

const before = valuesOf('Acme', '', {
  time_zone: 'UTC',
  require_totp_roles: [],
  session_max_hours: 0,
  max_concurrent_runs: 100,
  task_queue_concurrency: 0,
  observation_retention_days: 365,
  stacked_fields: [],
  audit_retention_days: 365,
})

describe('the settings of a tenant', () => {
  it('show a number that stands for no bound as empty', () => {
    expect(before).toMatchObject({ session_max_hours: '', task_queue_concurrency: '', audit_retention_days: 365 })
  })

  it('are sent only where they changed, an empty number as 0', () => {
    expect(changed(before, before)).toEqual({})
    expect(changed(before, { ...before, name: ' Acme Corp ', audit_retention_days: '' })).toEqual({
      name: 'Acme Corp',
      settings: { audit_retention_days: 0 },
    })
    expect(changed(before, { ...before, require_totp_roles: ['admin'] })).toEqual({
      settings: { require_totp_roles: ['admin'] },
    })
  })

  it.each([
    ['audit_retention_days', 29, false],
    ['audit_retention_days', 30, true],
    ['audit_retention_days', '', true],
    ['max_concurrent_runs', '', false],
    ['max_concurrent_runs', 5_001, false],
    ['session_max_hours', 1.5, false],
  ] as const)('%s may be %s: %s', (setting, value, expected) => {
    expect(fits(setting, value)).toBe(expected)
  })

  it('warn when the audit log will be kept for less time', () => {
    expect(keepsLess(before, { ...before, audit_retention_days: 90 })).toBe(true)
    expect(keepsLess(before, { ...before, audit_retention_days: '' })).toBe(false)
    expect(keepsLess({ ...before, audit_retention_days: '' }, before)).toBe(true)
  })
})
