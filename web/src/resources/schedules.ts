import { queryOptions } from '@tanstack/react-query'
import { call, list } from '../api/call'
import type { DifferenceQuery, ScheduleBody } from '../api/models'
import { keys } from './keys'
import { endless, pageSize } from './paging'

export const schedulesQuery = (q: string) =>
  endless([keys.schedules, { q }], (cursor, signal) =>
    list('/api/velociraptor/hunts/schedules', { query: { ...(q ? { q } : {}), limit: pageSize, cursor }, signal }),
  )

export const scheduleQuery = (id: number) =>
  queryOptions({
    queryKey: [keys.schedules, id],
    queryFn: ({ signal }) => call('get', '/api/velociraptor/hunts/schedules/{id}', { path: { id }, signal }),
    placeholderData: undefined,
  })

/** The hunts a schedule started, newest first. */
export const scheduleRunsQuery = (id: number) =>
  endless([keys.schedules, id, 'runs'], (cursor, signal) =>
    list('/api/velociraptor/hunts/schedules/{id}/runs', { path: { id }, query: { limit: 50, cursor }, signal }),
  )

/** What two hunts of a schedule found differently. */
export const differenceQuery = (id: number, filter: DifferenceQuery) =>
  queryOptions({
    queryKey: [keys.schedules, id, 'diff', filter],
    queryFn: ({ signal }) =>
      call('get', '/api/velociraptor/hunts/schedules/{id}/diff', { path: { id }, query: filter, signal }),
  })

export const createSchedule = (body: ScheduleBody) => call('post', '/api/velociraptor/hunts/schedules', { body })

export const saveSchedule = (id: number, body: ScheduleBody) =>
  call('put', '/api/velociraptor/hunts/schedules/{id}', { path: { id }, body })

export const deleteSchedule = (id: number) => call('delete', '/api/velociraptor/hunts/schedules/{id}', { path: { id } })

export const pauseSchedule = (id: number) =>
  call('post', '/api/velociraptor/hunts/schedules/{id}/pause', { path: { id } })

export const resumeSchedule = (id: number) =>
  call('post', '/api/velociraptor/hunts/schedules/{id}/resume', { path: { id } })

/** Starts the schedule's hunt now, beside its times. */
export const triggerSchedule = (id: number) =>
  call('post', '/api/velociraptor/hunts/schedules/{id}/trigger', { path: { id } })
