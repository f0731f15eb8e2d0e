import { expect, it } from 'vitest'
import { fieldOf, momentOf } from './time'

it.each([
  ['2026-07-01T09:30', 'Europe/Berlin', '2026-07-01T07:30:00.000Z'],
  ['2026-12-01T09:30', 'Europe/Berlin', '2026-12-01T08:30:00.000Z'],
  ['2026-12-01T09:30', 'UTC', '2026-12-01T09:30:00.000Z'],
  // Half an hour after the clocks went forward.
  ['2026-03-29T03:30', 'Europe/Berlin', '2026-03-29T01:30:00.000Z'],
])('%s in %s is %s, and shown the same again', (field, zone, moment) => {
  expect(momentOf(field, zone)).toBe(moment)
  expect(fieldOf(moment, zone)).toBe(field)
})

it('takes a field that is not filled in for no moment', () => {
  expect(momentOf('', 'UTC')).toBeNull()
  expect(momentOf('2026-13-45T00:00', 'UTC')).toBeNull()
  expect(fieldOf('', 'UTC')).toBe('')
})
