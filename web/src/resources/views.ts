import { queryOptions } from '@tanstack/react-query'
import { call } from '../api/call'
import type { SavedView, ViewBody } from '../api/models'
import { keys } from './keys'

/** The views of one list: the person's own and those that others share. */
export const viewsQuery = (resource: SavedView['resource']) =>
  queryOptions({
    queryKey: [keys.views, resource],
    queryFn: ({ signal }) => call('get', '/api/views', { query: { resource }, signal }),
    staleTime: 60_000,
  })

export const createView = (body: ViewBody) => call('post', '/api/views', { body })

export const saveView = (id: number, body: ViewBody) => call('put', '/api/views/{id}', { path: { id }, body })

export const deleteView = (id: number) => call('delete', '/api/views/{id}', { path: { id } })
