import { describe, expect, it } from 'vitest'
import type { Step } from '../../api/models'
import { graphOf, lookFirst, placed } from './layout'

const row = (id: string, status: string) => ({ key: id, id, type: 'create_case', status, attempts: 1 }) as Step

describe('the graph of a run', () => {
  it('shows every step of the playbook, those that have not started as well', () => {
    const actions = [{ type: 'create_case' }, { type: 'create_case' }, { id: 'tell', type: 'send_notification' }]
    const { nodes, edges } = graphOf([row('create_case', 'completed')], actions)
    expect(nodes.map(({ id, status }) => [id, status])).toEqual([
      ['create_case', 'completed'],
      ['create_case_2', 'pending'],
      ['tell', 'pending'],
    ])
    expect(edges).toEqual([
      { from: 'create_case', to: 'create_case_2' },
      { from: 'create_case_2', to: 'tell' },
    ])
  })

  it('follows depends_on where it is given', () => {
    const actions = [
      { id: 'a', type: 'set' },
      { id: 'b', type: 'set', depends_on: ['a'] },
      { id: 'c', type: 'set', depends_on: ['a', 'gone'] },
    ]
    expect(graphOf([], actions).edges).toEqual([
      { from: 'a', to: 'b' },
      { from: 'a', to: 'c' },
    ])
  })

  it('falls back to the steps that ran, and stands them top to bottom', () => {
    const { nodes, edges } = graphOf([row('a', 'completed'), row('b', 'running')], undefined)
    const places = placed(nodes, edges)
    expect(places.get('b')?.y).toBeGreaterThan(places.get('a')?.y ?? 0)
    expect(places.get('b')?.x).toBe(places.get('a')?.x)
  })
})

describe('what is shown first', () => {
  const chain = (count: number, failed: number) => {
    const nodes = Array.from({ length: count }, (_, index) => ({
      id: `s${index}`,
      name: `s${index}`,
      type: 'set',
      status: index === failed ? 'failed' : 'completed',
    }))
    const edges = nodes.slice(1).map((node, index) => ({ from: `s${index}`, to: node.id }))
    return lookFirst(nodes, placed(nodes, edges))?.id ?? null
  }

  it('is all of a graph that can be shown', () => {
    expect(chain(4, 1)).toBeNull()
  })

  it('is what needs a look in a long one, else its beginning', () => {
    expect(chain(40, 31)).toBe('s31')
    expect(chain(40, -1)).toBe('s0')
  })
})
