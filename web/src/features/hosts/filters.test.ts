import { describe, expect, it } from 'vitest'
import { filterKey, filterOf, hiddenIn, isFiltered } from './filters'

const params = (query: string) => new URLSearchParams(query)

describe('the list of hosts', () => {
  it('asks for what the address says', () => {
    expect(
      filterOf(params('q=dc&label=prod&criticality=high&owner=mia&isolation=isolated&case=7&sort=-criticality')),
    ).toEqual({
      q: 'dc',
      label: 'prod',
      criticality: 'high',
      owner: 'mia',
      isolation: 'isolated',
      case_id: 7,
      sort: '-criticality',
    })
  })

  it('leaves out what makes no sense', () => {
    expect(filterOf(params('criticality=huge&isolation=perhaps&case=x&score_min=7&sort=secret&q=%20'))).toEqual({
      sort: '-threat_score',
    })
  })

  it('knows when it is filtered, whatever is looked at', () => {
    expect(isFiltered(params('row=4&sort=os&hide=os'))).toBe(false)
    expect(isFiltered(params('case=4'))).toBe(true)
    expect(filterKey(params('row=4&sort=os'))).toBe(filterKey(params('')))
    expect(filterKey(params('q=a'))).not.toBe(filterKey(params('q=b')))
  })

  it('hides few columns until told otherwise, and none when told so', () => {
    expect([...hiddenIn(params(''))]).toContain('owner')
    expect(hiddenIn(params('hide=-')).has('owner')).toBe(false)
    expect(hiddenIn(params('hide=os,ip')).has('ip')).toBe(true)
  })
})
