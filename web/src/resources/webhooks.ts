import { queryOptions } from '@tanstack/react-query'
import { call, list } from '../api/call'
import type { MadeWebhook, NewWebhook, WebhookBody } from '../api/models'
import { keys } from './keys'
import { endless, everyRow } from './paging'

export const webhooksQuery = queryOptions({
  queryKey: [keys.webhooks],
  queryFn: ({ signal }) => everyRow((cursor) => list('/api/webhooks', { query: { limit: 100, cursor }, signal })),
})

/** What came to a webhook lately. */
export const deliveriesQuery = (id: number) =>
  endless([keys.webhooks, id, 'deliveries'], (cursor, signal) =>
    list('/api/webhooks/{id}/deliveries', { path: { id }, query: { limit: 50, cursor }, signal }),
  )

/** Makes a webhook: its address and secret are told this once. */
export const createWebhook = async (body: NewWebhook) => (await call('post', '/api/webhooks', { body })) as MadeWebhook

export const updateWebhook = (id: number, body: WebhookBody) =>
  call('patch', '/api/webhooks/{id}', { path: { id }, body })

export const deleteWebhook = (id: number) => call('delete', '/api/webhooks/{id}', { path: { id } })

/** Gives it a new address and secret; the old ones stop at once. */
export const rotateWebhook = async (id: number) =>
  (await call('post', '/api/webhooks/{id}/rotate', { path: { id }, body: {} })) as MadeWebhook
