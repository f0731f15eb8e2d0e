import { expect, it } from 'vitest'
import { parseQuery } from './commands'

it.each([
  ['srv', { only: null, words: 'srv' }],
  ['@ srv-1', { only: 'hosts', words: 'srv-1' }],
  ['#12', { only: 'cases', words: '12' }],
  [' > theme ', { only: 'actions', words: 'theme' }],
  ['', { only: null, words: '' }],
])('%j asks for %j', (typed, expected) => {
  expect(parseQuery(typed)).toEqual(expected)
})
