import { queryOptions } from '@tanstack/react-query'
import { call, list } from '../api/call'
import type { ArtifactBody, ArtifactQuery, CaseBody, CaseQuery, NewCase } from '../api/models'
import { keys } from './keys'
import { endless, pageSize } from './paging'

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

export const artifactsQuery = (filter: ArtifactQuery) =>
  endless([keys.artifacts, filter], (cursor, signal) =>
    list('/api/artifacts', { query: { ...filter, limit: pageSize, cursor }, signal }),
  )

export const createCase = (body: NewCase) => call('post', '/api/cases', { body })

export const updateCase = (id: number, body: CaseBody) => call('patch', '/api/cases/{id}', { path: { id }, body })

export const deleteCase = (id: number) => call('delete', '/api/cases/{id}', { path: { id } })

/** Makes a host part of a case. */
export const addCaseHost = (id: number, hostId: number) =>
  call('post', '/api/cases/{id}/hosts', { path: { id }, body: { host_id: hostId } })

export const removeCaseHost = (id: number, hostId: number) =>
  call('delete', '/api/cases/{id}/hosts/{host_id}', { path: { id, host_id: hostId } })

export const createArtifact = (body: ArtifactBody) => call('post', '/api/artifacts', { body })

export const deleteArtifact = (id: number) => call('delete', '/api/artifacts/{id}', { path: { id } })
