import { describe, expect, it } from 'vitest'
import { cadenceOf, cronOf, firstCadence, isSpan, nextRuns, schedule } from './cadence'
import { zonesOf } from './when'

const at = (moment: string) => Date.parse(moment)

describe('a cadence', () => {
  it.each([
    [{ kind: 'hours', hours: 6 }, '0 */6 * * *'],
    [{ kind: 'hours', hours: 1 }, '0 * * * *'],
    [{ kind: 'daily', time: '06:30' }, '30 6 * * *'],
    [{ kind: 'weekly', time: '22:05', weekdays: [4, 1] }, '5 22 * * 1,4'],
    [{ kind: 'monthly', time: '00:00', day: 15 }, '0 0 15 * *'],
    [{ kind: 'cron', cron: ' 0  9 * * mon-fri ' }, '0 9 * * mon-fri'],
  ] as const)('%j is %j, and reads back', (change, cron) => {
    const cadence = { ...firstCadence, ...change, weekdays: [...('weekdays' in change ? change.weekdays : [1])] }
    expect(cronOf(cadence)).toBe(cron)
    expect(cadenceOf(cron).kind).toBe(change.kind)
    expect(cronOf(cadenceOf(cron))).toBe(cron)
  })
})

describe('a span', () => {
  it.each(['30m', ' 6h ', '1d', '2w', '366d'])('%j is one, and no cron', (span) => {
    expect(isSpan(span)).toBe(true)
    expect(cronOf({ ...firstCadence, kind: 'span', span })).toBe('')
  })
  it.each(['', '6', 'h', '0h', '1.5h', '-1h', '367d', '6 hours'])('%j is none', (span) => {
    expect(isSpan(span)).toBe(false)
  })
})

describe('a cron expression', () => {
  it.each(['', '0 6 * *', '60 6 * * *', '0 6 * * 8', '*/0 * * * *', '5-1 * * * *', 'a b c d e'])(
    '%j is refused',
    (cron) => {
      expect(schedule(cron)).toBeNull()
      expect(nextRuns(cron, 'UTC', 0, 5)).toEqual([])
    },
  )

  it('fires at the time of its zone, on both sides of a change of clocks', () => {
    expect(nextRuns('30 8 * * *', 'Europe/Berlin', at('2026-10-24T00:00:00Z'), 3)).toEqual([
      '2026-10-24T06:30:00.000Z',
      '2026-10-25T07:30:00.000Z',
      '2026-10-26T07:30:00.000Z',
    ])
  })

  it('leaves out a time that a day does not have', () => {
    const runs = nextRuns('30 2 * * *', 'Europe/Berlin', at('2026-03-28T12:00:00Z'), 1)
    expect(runs).toEqual(['2026-03-30T00:30:00.000Z'])
  })

  it('fires on either when days of the month and of the week are given', () => {
    expect(nextRuns('0 0 13 * 5', 'UTC', at('2026-11-01T00:00:00Z'), 3)).toEqual([
      '2026-11-06T00:00:00.000Z',
      '2026-11-13T00:00:00.000Z',
      '2026-11-20T00:00:00.000Z',
    ])
    expect(nextRuns('0 0 30 2 *', 'UTC', 0, 1)).toEqual([])
  })
})

it('names a time in each zone once', () => {
  expect(zonesOf('Europe/Berlin', 'America/New_York')).toEqual(['Europe/Berlin', 'America/New_York', 'UTC'])
  expect(zonesOf('Europe/Berlin', 'Europe/Berlin')).toEqual(['Europe/Berlin', 'UTC'])
  expect(zonesOf('', 'Etc/UTC')).toEqual(['UTC'])
})
