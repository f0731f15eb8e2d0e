import { describe, expect, it } from 'vitest'
import { toggled } from './selection'

const ids = (result: { ids: ReadonlySet<number> }) => [...result.ids].toSorted((a, b) => a - b)

describe('ticking rows', () => {
  const some = { ids: new Set([1, 2]), all: false }

  it('adds a row and takes it away again', () => {
    const added = toggled(some, [3], [1, 2, 3])
    expect(ids(added)).toEqual([1, 2, 3])
    expect(ids(toggled(added, [3], [1, 2, 3]))).toEqual([1, 2])
  })

  it('ticks a whole range when any of it has no tick yet', () => {
    expect(ids(toggled(some, [2, 3, 4], [1, 2, 3, 4]))).toEqual([1, 2, 3, 4])
    expect(ids(toggled(some, [1, 2], [1, 2, 3, 4]))).toEqual([])
  })

  it('falls back to the rows that can be seen when one of all is taken away', () => {
    const left = toggled({ ids: new Set(), all: true }, [2], [1, 2, 3])
    expect(left.all).toBe(false)
    expect(ids(left)).toEqual([1, 3])
  })
})
