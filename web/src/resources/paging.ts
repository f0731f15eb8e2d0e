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

/** All rows of a list that stays short: at most twenty pages. */
export async function everyRow<Row>(read: (cursor: string | undefined) => Promise<Page<Row>>): Promise<Row[]> {
  const rows: Row[] = []
  let cursor: string | undefined
  for (let page = 0; page < 20; page += 1) {
    const { rows: more, next } = await read(cursor)
    rows.push(...more)
    if (!next) break
    cursor = next
  }
  return rows
}
