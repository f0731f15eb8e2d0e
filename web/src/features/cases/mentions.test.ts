import { describe, expect, it } from 'vitest'
import { fitting, mentionAt, withMention } from './mentions'

describe('a mention being typed', () => {
  it.each([
    ['ask @mi', 7, { word: 'mi', from: 4 }],
    ['@', 1, { word: '', from: 0 }],
    ['(@jon.d', 7, { word: 'jon.d', from: 1 }],
    ['ask @mi later', 7, { word: 'mi', from: 4 }],
    ['ask @mi later', 13, null],
    ['a@b.example', 11, null],
    ['https://x.example/@mi', 21, null],
    ['', 0, null],
  ] as const)('in “%s” at %d is %o', (text, cursor, wanted) => {
    expect(mentionAt(text, cursor)).toEqual(wanted)
  })

  it('becomes the name chosen, with the cursor after it', () => {
    expect(withMention('ask @mi later', 7, 4, 'mia')).toEqual({ text: 'ask @mia later', cursor: 9 })
    expect(withMention('@m', 2, 0, 'mia')).toEqual({ text: '@mia ', cursor: 5 })
  })

  it('offers those whose names begin so before those that contain it', () => {
    const people = ['tamia', 'mia', 'Milo', 'jon'].map((username) => ({ username }))
    expect(fitting(people, 'mi').map(({ username }) => username)).toEqual(['mia', 'Milo', 'tamia'])
    expect(fitting(people, 'zz')).toEqual([])
  })
})
