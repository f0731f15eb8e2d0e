import { describe, expect, it } from 'vitest'
import { commentOf, hostsOf, linesOf } from '../rows/rowText'
import { askOf, draftAsked, draftFrom, emptyDraft, lacking } from './form/draft'
import { partsOf, remaining } from './state'

describe('the form of a hunt', () => {
  it('asks only for what its scope names', () => {
    const draft = { ...emptyDraft, chosen: [{ name: 'A.B', parameters: {} }], os: 'linux' as const, include: ['lab'] }
    expect(askOf(draft)).toEqual({ description: 'A.B', artifacts: ['A.B'], expires: '7d', until: 'idle' })
    expect(askOf({ ...draft, scope: 'some' })).toMatchObject({ os: 'linux', include_labels: ['lab'] })
  })

  it('lacks an artifact, and hosts where hosts are chosen', () => {
    expect(lacking({ ...emptyDraft, scope: 'hosts' })).toEqual({ artifacts: true, hosts: true })
  })

  it('opens as its address says, without what makes no sense', () => {
    const draft = draftFrom(new URLSearchParams('artifact=A&artifact=B&host=7&host=x&host=7'))
    expect(draft.chosen.map(({ name }) => name)).toEqual(['A', 'B'])
    expect(draft.hosts.map(({ id }) => id)).toEqual([7])
    expect(draft.scope).toBe('hosts')
  })
})

describe('the form of what a schedule asks for', () => {
  it('keeps how long its hunts are open, and reads parameters in both ways they may be given', () => {
    const ask = { description: 'd', artifacts: ['A.B'], expires: '2w', until: 'expires' as const }
    const flat = draftAsked({ ...ask, parameters: { Depth: 3, All: true } })
    expect(flat).toEqual(draftAsked({ ...ask, parameters: { 'A.B': { Depth: '3', All: 'true' } } }))
    expect(askOf(flat)).toEqual({ ...ask, expires: '14d', parameters: { 'A.B': { Depth: '3', All: 'true' } } })
  })

  it('is usual where nothing is said', () => {
    const { lifetime, chosen } = draftAsked({ description: 'd', artifacts: ['A.B'] })
    expect({ lifetime, chosen }).toEqual({ lifetime: 168, chosen: [{ name: 'A.B', parameters: {} }] })
  })
})

describe('the progress of a hunt', () => {
  const hunt = { scheduled: 6, online: 10, running: 2, finished: 4, errors: 1, status: 'running' as const }

  it('is in parts that make up the whole, with those that have not begun', () => {
    const { parts, all } = partsOf(hunt)
    expect(all).toBe(10)
    expect(parts.map(({ name, count }) => [name, count])).toEqual([
      ['done', 3],
      ['errors', 1],
      ['running', 2],
      ['waiting', 4],
    ])
    expect(parts.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(100)
  })

  it('waits for nobody once it is over', () => {
    expect(partsOf({ ...hunt, status: 'completed', running: 0, scheduled: 4 }).all).toBe(4)
  })

  it('says how long it takes only after a tenth', () => {
    const running = { status: 'running' as const, started_at: '2026-01-01T00:00:00Z' }
    const now = Date.parse('2026-01-01T00:01:00Z')
    expect(remaining({ ...running, progress: 0.05 }, now)).toBeNull()
    expect(remaining({ ...running, progress: 0.5 }, now)).toBe(60_000)
  })
})

describe('rows as a comment', () => {
  const row = (id: number, data: Record<string, unknown>) => ({
    id,
    host_id: 3,
    hostname: 'ws_1',
    source_name: 'A.B',
    collected_at: '2026-01-01T00:00:00Z',
    data,
  })
  const words = { head: 'Head', note: '', rest: (count: number) => `${count} more` }

  it('keeps values from ending their own frame, and names from being Markdown', () => {
    const text = commentOf([row(1, { a: '```\n# x' })], words, 20_000)
    expect(text).toContain('**ws\\_1**')
    expect(text).toContain('````json')
  })

  it('counts the rows that have no room', () => {
    const rows = [row(1, { a: 'x'.repeat(50) }), row(2, { a: 'y'.repeat(500) })]
    const text = commentOf(rows, words, 300)
    expect(text.length).toBeLessThanOrEqual(300)
    expect(text.endsWith('1 more')).toBe(true)
  })

  it('names each host once, and writes a row a line', () => {
    const rows = [row(1, { a: 1 }), row(2, { b: 2 })]
    expect(hostsOf(rows)).toEqual([3])
    expect(linesOf(rows).split('\n')).toHaveLength(2)
  })
})
