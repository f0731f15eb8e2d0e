import { queryOptions } from '@tanstack/react-query'
import { call, download, list, upload } from '../api/call'
import type { ArtifactBody, ArtifactPatch, ArtifactQuery, ArtifactsMade, NewArtifacts } from '../api/models'
import { keys } from './keys'
import { endless, pageSize } from './paging'

export const artifactsQuery = (filter: ArtifactQuery) =>
  endless([keys.artifacts, filter], (cursor, signal) =>
    list('/api/artifacts', { query: { ...filter, limit: pageSize, cursor }, signal }),
  )

export const artifactQuery = (id: number) =>
  queryOptions({
    queryKey: [keys.artifacts, id],
    queryFn: ({ signal }) => call('get', '/api/artifacts/{id}', { path: { id }, signal }),
    placeholderData: undefined,
  })

/** Where an indicator was seen: by host and source, newest first. */
export const sightingsQuery = (id: number) =>
  endless([keys.artifacts, id, 'sightings'], (cursor, signal) =>
    list('/api/artifacts/{id}/sightings', { path: { id }, query: { limit: 100, cursor }, signal }),
  )

export const artifactCasesQuery = (id: number) =>
  queryOptions({
    queryKey: [keys.artifacts, id, keys.cases],
    queryFn: ({ signal }) => list('/api/artifacts/{id}/cases', { path: { id }, query: { limit: 100 }, signal }),
    placeholderData: undefined,
  })

export const createArtifact = (body: ArtifactBody) => call('post', '/api/artifacts', { body })

export const updateArtifact = (id: number, body: ArtifactPatch) =>
  call('patch', '/api/artifacts/{id}', { path: { id }, body })

export const deleteArtifact = (id: number) => call('delete', '/api/artifacts/{id}', { path: { id } })

/** Finds what looks like an indicator in a text, and says what it makes of it. Nothing is kept. */
export const parseText = (text: string) => call('post', '/api/artifacts/parse', { body: { text } })

/** The most the server takes at once. */
const mostAtOnce = 5_000

/** Makes many, in as many calls as it takes; known ones stay as they are. All become the case's where one is named. */
export async function createArtifacts({ items, ...rest }: NewArtifacts): Promise<ArtifactsMade> {
  const made: ArtifactsMade = { created: 0, existing: 0, rejected: 0, items: [] }
  for (let from = 0; from < items.length; from += mostAtOnce) {
    const body = { ...rest, items: items.slice(from, from + mostAtOnce) }
    const part = await call('post', '/api/artifacts/batch', { body, timeout: 0 })
    made.created += part.created
    made.existing += part.existing
    made.rejected += part.rejected
    made.items?.push(...(part.items ?? []).map((item) => ({ ...item, index: item.index + from })))
  }
  return made
}

/** Reads indicators from a CSV file; a dry run only tells what would happen. */
export const importArtifacts = (body: Blob, dryRun: boolean) =>
  upload('/api/artifacts/import', { query: { dry_run: dryRun ? 'true' : 'false' }, body, type: 'text/csv' })

/** All indicators that match, as a file. */
export const exportArtifacts = (filter: ArtifactQuery, format: 'csv' | 'ndjson') =>
  download('/api/artifacts/export', { query: { ...filter, format } })
