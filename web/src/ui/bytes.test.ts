import { expect, it } from 'vitest'
import { bytes } from './bytes'

it.each([
  [0, '0B'],
  [512, '512B'],
  [1_000, '1 kB'],
  [1_440, '1.4 kB'],
  [99_900, '100 kB'],
  [2_147_483_648, '2.1 GB'],
  [5_000_000_000_000, '5,000 GB'],
])('%d bytes read %s', (count, words) => {
  expect(bytes(count, 'en')).toBe(words)
})
