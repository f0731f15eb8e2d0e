import { type InfiniteData, useMutation, useQueryClient } from '@tanstack/react-query'
import type { Page } from '../../api/call'
import type { Notification } from '../../api/models'
import { keys } from '../../resources/keys'
import { markAllRead, markRead } from '../../resources/notifications'
import { useErrorText } from '../../ui/errors'
import { toastFailed } from '../../ui/toast'

type Lists = InfiniteData<Page<Notification>>

/** Marks one notification on the screen at once, and back when the server refuses. */
export function useMarkRead() {
  const client = useQueryClient()
  const text = useErrorText()
  const lists = {
    queryKey: [keys.notifications],
    predicate: (query: { queryKey: readonly unknown[] }) => query.queryKey.at(-1) === 'endless',
  }
  return useMutation({
    mutationFn: ({ id, isRead }: { id: number; isRead: boolean }) => markRead(id, isRead),
    onMutate: async ({ id, isRead }) => {
      await client.cancelQueries(lists)
      const before = client.getQueriesData<Lists>(lists)
      const change = (row: Notification) => (row.id === id ? { ...row, is_read: isRead } : row)
      client.setQueriesData<Lists>(
        lists,
        (data) => data && { ...data, pages: data.pages.map((page) => ({ ...page, rows: page.rows.map(change) })) },
      )
      return { before }
    },
    onError: (error, _variables, context) => {
      for (const [key, data] of context?.before ?? []) client.setQueryData(key, data)
      toastFailed(text(error))
    },
    onSettled: () => {
      void client.invalidateQueries({ queryKey: [keys.notifications] })
      void client.invalidateQueries({ queryKey: [keys.dashboard] })
    },
  })
}

/** Marks everything read. */
export function useMarkAllRead() {
  const client = useQueryClient()
  const text = useErrorText()
  return useMutation({
    mutationFn: () => markAllRead(),
    onError: (error) => toastFailed(text(error)),
    onSettled: () => {
      void client.invalidateQueries({ queryKey: [keys.notifications] })
      void client.invalidateQueries({ queryKey: [keys.dashboard] })
    },
  })
}
