import { infiniteQueryOptions } from '@tanstack/react-query'
import type { Page } from '../api/call'

/** Rows fetched at a time by the long lists. */
export const pageSize = 200

/** An endless list over cursors. `read` fetches the page that starts at the cursor, undefined for the first. */
export function endless<Row>(
  key: readonly unknown[],
  read: (cursor: string | undefined, signal: AbortSignal) => Promise<Page<Row>>,
) {
  return infiniteQueryOptions({
    queryKey: [...key, 'endless'],
    queryFn: ({ pageParam, signal }) => read(pageParam, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
  })
}
