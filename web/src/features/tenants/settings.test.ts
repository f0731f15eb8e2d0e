import { describe, expect, it } from 'vitest'
import { changed, fits, keptLess, valuesOf } from './settings'

const before = valuesOf('Acme', '', {
  time_zone: 'UTC',
  require_totp_roles: [],
  session_max_hours: 0,
  max_concurrent_runs: 100,
  task_queue_concurrency: 0,
  observation_retention_days: 365,
  stacked_fields: [],
  audit_retention_days: 365,
  run_vql_enabled: false,
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
    expect(changed(before, { ...before, run_vql_enabled: true })).toEqual({ settings: { run_vql_enabled: true } })
    expect(changed(before, { ...before, require_totp_roles: ['admin'] })).toEqual({
      settings: { require_totp_roles: ['admin'] },
    })
  })

  it.each([
    ['audit_retention_days', 29, false],
    ['audit_retention_days', 30, true],
    ['audit_retention_days', '', true],
    ['observation_retention_days', 1, true],
    ['observation_retention_days', 4_000, false],
    ['max_concurrent_runs', '', false],
    ['max_concurrent_runs', 5_001, false],
    ['session_max_hours', 1.5, false],
  ] as const)('%s may be %s: %s', (setting, value, expected) => {
    expect(fits(setting, value)).toBe(expected)
  })

  it('send the paths of rows to be counted as a list, each once', () => {
    const after = { ...before, stacked_fields: ' EventData.LogonType \n\nHash\nHash' }
    expect(changed(before, after)).toEqual({ settings: { stacked_fields: ['EventData.LogonType', 'Hash'] } })
    expect(changed(after, { ...after, stacked_fields: '' })).toEqual({ settings: { stacked_fields: [] } })
  })

  it('warn when something will be kept for less time', () => {
    expect(keptLess(before, { ...before, audit_retention_days: 90 })).toEqual(['audit_retention_days'])
    expect(keptLess(before, { ...before, audit_retention_days: '' })).toEqual([])
    expect(keptLess({ ...before, observation_retention_days: '' }, before)).toEqual(['observation_retention_days'])
  })
})
