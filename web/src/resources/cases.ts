import { queryOptions } from '@tanstack/react-query'
import { added, call, list } from '../api/call'
import type { CaseBody, CaseQuery, NewCase, NewTask, TaskBody, TimelineEntry } from '../api/models'
import { keys } from './keys'
import { endless, everyRow, pageSize } from './paging'

export const casesQuery = (filter: CaseQuery) =>
  endless([keys.cases, filter], (cursor, signal) =>
    list('/api/cases', { query: { ...filter, limit: pageSize, cursor }, signal }),
  )

/** The few cases that match what was typed, for the palette. */
export const caseSearchQuery = (q: string) =>
  queryOptions({
    queryKey: [keys.cases, 'search', q],
    queryFn: ({ signal }) => list('/api/cases', { query: { q, limit: 8 }, signal }),
  })

export const caseQuery = (id: number) =>
  queryOptions({
    queryKey: [keys.cases, id],
    queryFn: ({ signal }) => call('get', '/api/cases/{id}', { path: { id }, signal }),
    placeholderData: undefined,
  })

export const hostCasesQuery = (hostId: number) =>
  queryOptions({
    queryKey: [keys.cases, 'of-host', hostId],
    queryFn: ({ signal }) => list('/api/cases', { query: { host_id: hostId, limit: 100 }, signal }),
    placeholderData: undefined,
  })

export const caseHostsQuery = (id: number) =>
  queryOptions({
    queryKey: [keys.cases, id, 'hosts'],
    queryFn: ({ signal }) => list('/api/cases/{id}/hosts', { path: { id }, query: { limit: 100 }, signal }),
    placeholderData: undefined,
  })

export const caseArtifactsQuery = (id: number) =>
  queryOptions({
    queryKey: [keys.cases, id, keys.artifacts],
    queryFn: ({ signal }) => list('/api/cases/{id}/artifacts', { path: { id }, query: { limit: 500 }, signal }),
    placeholderData: undefined,
  })

export const createCase = (body: NewCase) => call('post', '/api/cases', { body })

export const updateCase = (id: number, body: CaseBody) => call('patch', '/api/cases/{id}', { path: { id }, body })

export const deleteCase = (id: number) => call('delete', '/api/cases/{id}', { path: { id } })

/** Makes a host part of a case; false where it was already. */
export const addCaseHost = (id: number, hostId: number) =>
  added('/api/cases/{id}/hosts', { path: { id }, body: { host_id: hostId } })

export const removeCaseHost = (id: number, hostId: number) =>
  call('delete', '/api/cases/{id}/hosts/{host_id}', { path: { id, host_id: hostId } })

/** Takes an indicator out of a case; it stays. */
export const removeCaseArtifact = (id: number, artifact: number) =>
  call('delete', '/api/cases/{id}/artifacts/{artifact_id}', { path: { id, artifact_id: artifact } })

export const commentsQuery = (id: number) =>
  endless([keys.cases, id, 'comments'], (cursor, signal) =>
    list('/api/cases/{id}/comments', { path: { id }, query: { limit: 50, sort: '-created_at', cursor }, signal }),
  )

export const addComment = (id: number, body: string) =>
  call('post', '/api/cases/{id}/comments', { path: { id }, body: { body } })

export const editComment = (id: number, comment: number, body: string) =>
  call('patch', '/api/cases/{id}/comments/{comment_id}', { path: { id, comment_id: comment }, body: { body } })

export const deleteComment = (id: number, comment: number) =>
  call('delete', '/api/cases/{id}/comments/{comment_id}', { path: { id, comment_id: comment } })

export const tasksQuery = (id: number) =>
  queryOptions({
    queryKey: [keys.cases, id, 'tasks'],
    queryFn: ({ signal }) =>
      everyRow((cursor) =>
        list('/api/cases/{id}/tasks', { path: { id }, query: { limit: 500, sort: 'position', cursor }, signal }),
      ),
    placeholderData: undefined,
  })

export const addTask = (id: number, body: NewTask) => call('post', '/api/cases/{id}/tasks', { path: { id }, body })

export const updateTask = (id: number, task: number, body: TaskBody) =>
  call('patch', '/api/cases/{id}/tasks/{task_id}', { path: { id, task_id: task }, body })

export const deleteTask = (id: number, task: number) =>
  call('delete', '/api/cases/{id}/tasks/{task_id}', { path: { id, task_id: task } })

/** Everything that happened in a case, newest first; `kinds` empty for all of it. */
export const caseTimelineQuery = (id: number, kinds: readonly TimelineEntry['kind'][]) =>
  endless([keys.cases, id, 'timeline', kinds], (cursor, signal) =>
    list('/api/cases/{id}/timeline', {
      path: { id },
      query: { limit: 50, cursor, ...(kinds.length > 0 ? { kinds: [...kinds] } : {}) },
      signal,
    }),
  )
