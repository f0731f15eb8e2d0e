import { queryOptions } from '@tanstack/react-query'
import { call, list } from '../api/call'
import { keys } from './keys'
import { endless } from './paging'

export const unreadQuery = queryOptions({
  queryKey: [keys.notifications, 'unread'],
  queryFn: ({ signal }) => list('/api/notifications', { query: { read: 'false', limit: 1 }, signal }),
})

export const notificationsQuery = (read: boolean | undefined) =>
  endless([keys.notifications, { read }], (cursor, signal) =>
    list('/api/notifications', {
      query: { ...(read === undefined ? {} : { read: `${read}` }), limit: 50, cursor },
      signal,
    }),
  )

export const markRead = (id: number, isRead: boolean) =>
  call('put', '/api/notifications/{id}', { path: { id }, body: { is_read: isRead } })

export const markAllRead = () => call('post', '/api/notifications/mark-all-read', {})
