import type { CaseTask } from '../../api/models'

/** Whether there is nothing left to do. */
export function isOver({ status }: Pick<CaseTask, 'status'>): boolean {
  return status === 'done' || status === 'cancelled'
}

/** Whether it should have been done by now; `now` in milliseconds. */
export function isLate(task: Pick<CaseTask, 'status' | 'due_at'>, now: number): boolean {
  return !isOver(task) && task.due_at != null && Date.parse(task.due_at) < now
}

/** Tasks in the order they are done in, those that are over at the end. */
export function inOrder(tasks: readonly CaseTask[]): CaseTask[] {
  return [...tasks].sort((a, b) => Number(isOver(a)) - Number(isOver(b)) || a.position - b.position || a.id - b.id)
}

/** The place a task gets when it moves past its neighbour; null at the end of the list. */
export function placeAfterMove(tasks: readonly CaseTask[], task: CaseTask, by: -1 | 1): number | null {
  const open = inOrder(tasks).filter((each) => isOver(each) === isOver(task))
  const neighbour = open[open.findIndex((each) => each.id === task.id) + by]
  return neighbour ? neighbour.position : null
}
