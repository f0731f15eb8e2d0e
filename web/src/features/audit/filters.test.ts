import { describe, expect, it } from 'vitest'
import { rangeOf } from '../../ui/Range/range'
import { filterOf } from './filters'

const now = Date.parse('2026-11-21T12:00:00.500Z')
const asked = (query: string) => filterOf(new URLSearchParams(query), now)

describe('the filter of the audit log', () => {
  it('asks for what the address says and leaves the rest out', () => {
    expect(asked('actor=mia&action=user.*&type=user&id=7&outcome=denied&q=')).toEqual({
      username: 'mia',
      action: 'user.*',
      resource_type: 'user',
      resource_id: '7',
      outcome: 'denied',
    })
    expect(asked('outcome=perhaps')).toEqual({})
  })

  it('counts a range back from now', () => {
    expect(asked('range=hour')).toEqual({ from: '2026-11-21T11:00:00Z' })
  })

  it('takes the ends of a range of one’s own, and only those that are moments', () => {
    expect(asked('from=2026-11-01T00:00:00Z&to=soon')).toEqual({ from: '2026-11-01T00:00:00.000Z' })
    expect(rangeOf(new URLSearchParams('from=2026-11-01T00:00:00Z'))).toBe('custom')
    expect(rangeOf(new URLSearchParams('range=eon'))).toBe('')
  })
})
