import { describe, expect, it } from 'vitest'
import { filterOf, hiddenOf, isFiltered } from './filters'

const now = Date.parse('2026-11-22T12:00:00Z')
const asked = (query: string) => filterOf(new URLSearchParams(query), now)

describe('the list of indicators', () => {
  it('shows the newest first when the address asks for nothing', () => {
    expect(asked('')).toEqual({ sort: '-created_at' })
    expect(asked('sort=colour')).toEqual({ sort: '-created_at' })
  })

  it('takes every filter of the address', () => {
    expect(asked('q=evil&type=domain&tlp=amber%2Bstrict&origin=import&tag=apt&case=7&hosts=2&sort=-hosts')).toEqual({
      sort: '-hosts',
      q: 'evil',
      artifact_type: 'domain',
      tlp: 'amber+strict',
      origin: 'import',
      tag: 'apt',
      case_id: '7',
      hosts_min: 2,
    })
  })

  it.each([
    ['state=current', { expired: 'false', false_positive: 'false' }],
    ['state=expired', { expired: 'true' }],
    ['state=false_positive', { false_positive: 'true' }],
    ['seen=day', { seen_after: '2026-11-21T12:00:00.000Z' }],
    ['seen=week', { seen_after: '2026-11-15T12:00:00.000Z' }],
    ['type=colour&tlp=blue&hosts=many&state=odd&seen=ever', {}],
  ])('%s asks the server for %o', (query, wanted) => {
    expect(asked(query)).toEqual({ sort: '-created_at', ...wanted })
  })

  it('knows whether it is narrowed', () => {
    expect(isFiltered(new URLSearchParams('sort=value&row=3'))).toBe(false)
    expect(isFiltered(new URLSearchParams('tag=apt'))).toBe(true)
  })

  it('hides rare columns until somebody chooses', () => {
    expect(hiddenOf(new URLSearchParams())).toContain('origin')
    expect(hiddenOf(new URLSearchParams('hide=-'))).toEqual(new Set())
    expect(hiddenOf(new URLSearchParams('hide=tags'))).toEqual(new Set(['tags']))
  })
})
