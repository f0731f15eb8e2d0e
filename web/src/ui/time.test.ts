import { describe, expect, it } from 'vitest'
import { duration, relative } from './time'

describe('times', () => {
  it.each([
    [40, '40 ms'],
    [2_300, '2.3 s'],
    [41_000, '41 s'],
    [185_000, '3 m 5 s'],
    [7_800_000, '2 h 10 m'],
    [90_000_000, '1 d 1 h'],
    [-5, '0 ms'],
  ])('%d ms are %s', (milliseconds, text) => {
    expect(duration(milliseconds)).toBe(text)
  })

  it('tells how long ago in the largest whole unit', () => {
    expect(relative(0, 59_000, 'en')).toBeNull()
    expect(relative(0, 61_000, 'en')).toBe('1m ago')
    expect(relative(0, 3 * 86_400_000, 'en')).toBe('3d ago')
  })
})
