import { describe, expect, it } from 'vitest'
import type { FoundValue } from '../../api/models'
import { choiceAtFirst, tally, toggled } from './choice'

const found = (accepted: boolean, known_id?: number): FoundValue => ({
  artifact_type: 'domain',
  value: 'a.example',
  original: 'a[.]example',
  accepted,
  known_id,
  known_false_positive: false,
  subtype: '',
  line: 1,
  offset: 0,
  times: 1,
  warnings: [],
})

describe('the preview of a pasted text', () => {
  const all = [found(true), found(false), found(true, 7), found(false, 8)]

  it('takes what no guard holds back', () => {
    expect(choiceAtFirst(all)).toEqual(new Set([0, 2]))
  })

  it('lets one take in and leave out', () => {
    expect(toggled(new Set([0]), 1)).toEqual(new Set([0, 1]))
    expect(toggled(new Set([0, 1]), 0)).toEqual(new Set([1]))
  })

  it('counts the new, the known and the guarded once each', () => {
    expect(tally(all)).toEqual({ fresh: 1, known: 2, guarded: 1 })
  })
})
