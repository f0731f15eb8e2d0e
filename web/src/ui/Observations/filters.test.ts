import { describe, expect, it } from 'vitest'
import { rangeOf } from '../Range/range'
import { filterOf, isFiltered } from './filters'

const now = Date.parse('2026-11-22T12:00:00.500Z')
const asked = (query: string, host?: number) => filterOf(new URLSearchParams(query), now, host)

describe('the search for rows', () => {
  it('asks for what the address says', () => {
    expect(asked('q=evil&host=3&source=Windows.Netstat&field=Raddr.IP&value=10.*&time=event&range=day')).toEqual({
      q: 'evil',
      host_id: 3,
      source: 'Windows.Netstat',
      field: 'Raddr.IP',
      value: '10.*',
      time: 'event',
      from: '2026-11-21T12:00:00Z',
      sort: '-event_time',
    })
  })

  it('leaves out what makes no sense, and a field whose value is not there yet', () => {
    expect(asked('host=0&source_id=-4&field=Name&range=eon&from=once&sort=secret')).toEqual({ sort: '-collected_at' })
  })

  it('stays with the host whose page it is on', () => {
    expect(asked('host=3', 9).host_id).toBe(9)
  })

  it('takes ends of its own', () => {
    expect(rangeOf(new URLSearchParams('from=2026-11-01T00:00:00Z'))).toBe('custom')
    expect(asked('from=2026-11-01T00:00:00Z')).toMatchObject({ from: '2026-11-01T00:00:00.000Z' })
    expect(isFiltered(new URLSearchParams('sort=event_time'))).toBe(false)
  })
})
