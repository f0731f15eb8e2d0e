import { describe, expect, it } from 'vitest'
import type { CaseTask } from '../../api/models'
import { inOrder, isLate, placeAfterMove } from './taskOrder'

const task = (id: number, position: number, status: CaseTask['status'] = 'open') =>
  ({ id, position, status, title: `task ${id}` }) as CaseTask

describe('the tasks of a case', () => {
  const tasks = [task(1, 2), task(2, 1), task(3, 3, 'done'), task(4, 4)]

  it('stand in their order, those that are over last', () => {
    expect(inOrder(tasks).map(({ id }) => id)).toEqual([2, 1, 4, 3])
  })

  it('move past the neighbour one sees, not past the ends', () => {
    expect(placeAfterMove(tasks, tasks[0] as CaseTask, 1)).toBe(4)
    expect(placeAfterMove(tasks, tasks[0] as CaseTask, -1)).toBe(1)
    expect(placeAfterMove(tasks, tasks[1] as CaseTask, -1)).toBeNull()
    expect(placeAfterMove(tasks, tasks[3] as CaseTask, 1)).toBeNull()
  })

  it('are late after their due date, unless they are over', () => {
    const now = Date.parse('2026-11-22T12:00:00Z')
    expect(isLate({ status: 'open', due_at: '2026-11-22T11:59:00Z' }, now)).toBe(true)
    expect(isLate({ status: 'done', due_at: '2026-11-22T11:59:00Z' }, now)).toBe(false)
    expect(isLate({ status: 'open', due_at: '2026-11-23T11:59:00Z' }, now)).toBe(false)
    expect(isLate({ status: 'open', due_at: null }, now)).toBe(false)
  })
})
