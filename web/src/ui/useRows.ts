import { type InfiniteData, type UseInfiniteQueryResult, useQueryClient } from '@tanstack/react-query'
import { useCallback, useMemo } from 'react'
import type { Page } from '../api/call'

/** The rows of an endless list in one array, and what a grid needs to fetch more. */
export function useRows<Row>(query: UseInfiniteQueryResult<InfiniteData<Page<Row>>, Error>) {
  const pages = query.data?.pages
  const rows = useMemo(() => pages?.flatMap((page) => page.rows) ?? [], [pages])
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = query
  const loadMore = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage) void fetchNextPage()
  }, [hasNextPage, isFetchingNextPage, fetchNextPage])
  return {
    rows,
    total: pages?.[0]?.total ?? 0,
    exact: pages?.[0]?.exact ?? true,
    loading: query.isPending,
    loadingMore: isFetchingNextPage,
    loadMore,
  }
}

/** Makes whole resources be fetched again. */
export function useRefresh(): (...resources: string[]) => Promise<unknown> {
  const client = useQueryClient()
  return useCallback(
    (...resources) => Promise.all(resources.map((resource) => client.invalidateQueries({ queryKey: [resource] }))),
    [client],
  )
}
