import { expect, it } from 'vitest'
import type { Difference } from '../../api/models'
import { volatileColumns } from './volatile'

type Row = Difference['new'][number]
const row = (host_id: number, data: Record<string, unknown>) => ({ host_id, artifact: 'A', data }) as unknown as Row

it('finds the columns that change at each run, by the same process on the same host', () => {
  const gone = [row(1, { Name: 'a', Pid: 1, User: 'x' }), row(2, { Name: 'a', Pid: 1, User: 'x' })]
  const added = [
    row(1, { Name: 'a', Pid: 7, User: 'x' }),
    row(2, { Name: 'a', Pid: 8, User: 'y' }),
    row(3, { Name: 'b' }),
  ]
  expect(volatileColumns(added, gone)).toEqual(['Pid'])
})

it('finds none where nothing stands on both sides', () => {
  expect(volatileColumns([row(1, { Name: 'a' })], [row(1, { Name: 'b' })])).toEqual([])
  expect(volatileColumns([], [])).toEqual([])
})
