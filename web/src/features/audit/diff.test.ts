import { describe, expect, it } from 'vitest'
import { compare, compareLines, withContext } from './diff'

describe('what changed in a row', () => {
  it('is told field by field, changes first', () => {
    const before = { name: 'mia', role: 'user', email: 'mia@acme.example' }
    const after = { name: 'mia', role: 'admin', locked: true }
    expect(compare(before, after)).toEqual([
      { path: 'role', kind: 'changed', before: 'user', after: 'admin' },
      { path: 'locked', kind: 'added', after: true },
      { path: 'email', kind: 'removed', before: 'mia@acme.example' },
      { path: 'name', kind: 'same', before: 'mia', after: 'mia' },
    ])
  })

  it('goes into objects and into lists of objects', () => {
    const before = { settings: { zone: 'UTC', runs: 5 }, actions: [{ id: 'a' }, { id: 'b' }] }
    const after = { settings: { zone: 'UTC', runs: 9 }, actions: [{ id: 'a' }, { id: 'c' }, { id: 'd' }] }
    expect(compare(before, after).filter((change) => change.kind !== 'same')).toEqual([
      { path: 'settings.runs', kind: 'changed', before: 5, after: 9 },
      { path: 'actions[1].id', kind: 'changed', before: 'b', after: 'c' },
      { path: 'actions[2].id', kind: 'added', after: 'd' },
    ])
  })

  it('lists every field of what was made or removed', () => {
    expect(compare(null, { a: 1, b: { c: 2 } })).toEqual([
      { path: 'a', kind: 'added', after: 1 },
      { path: 'b.c', kind: 'added', after: 2 },
    ])
    expect(compare({ a: 1 }, undefined)).toEqual([{ path: 'a', kind: 'removed', before: 1 }])
    expect(compare(null, null)).toEqual([])
  })

  it('takes a list of plain values as one value, and null as one too', () => {
    expect(compare({ tags: ['a', 'b'], owner: 1 }, { tags: ['b'], owner: null })).toEqual([
      { path: 'tags', kind: 'changed', before: ['a', 'b'], after: ['b'] },
      { path: 'owner', kind: 'changed', before: 1, after: null },
    ])
  })

  it('does not compare the parts of a list with those of an object', () => {
    expect(compare({ x: [{ a: 1 }] }, { x: { a: 1 } })).toEqual([
      { path: 'x', kind: 'changed', before: [{ a: 1 }], after: { a: 1 } },
    ])
  })

  it('ends however deep a value goes', () => {
    let deep: unknown = 'end'
    for (let depth = 0; depth < 50; depth += 1) deep = { in: deep }
    expect(compare(deep, null)).toHaveLength(1)
  })
})

describe('a text of several lines', () => {
  it('is compared line by line', () => {
    expect(compareLines('a\nb\nc', 'a\nx\nc')).toEqual([
      { kind: 'same', text: 'a' },
      { kind: 'removed', text: 'b' },
      { kind: 'added', text: 'x' },
      { kind: 'same', text: 'c' },
    ])
  })

  it('is shown around its changes only', () => {
    const text = Array.from({ length: 20 }, (_, index) => `line ${index}`)
    const lines = compareLines(text.join('\n'), text.with(10, 'other').join('\n')) ?? []
    const shown = withContext(lines)
    expect(shown.filter(Boolean).map((line) => line?.text)).toEqual([
      'line 8',
      'line 9',
      'line 10',
      'other',
      'line 11',
      'line 12',
    ])
    expect([shown[0], shown.at(-1)]).toEqual([null, null])
  })

  it('is not compared when it is very long', () => {
    expect(compareLines('\n'.repeat(2_000), 'x')).toBeNull()
  })
})
