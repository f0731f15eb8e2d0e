import { keepPreviousData, QueryClient } from '@tanstack/react-query'
import { Problem } from './problem'

/** One cache for the whole screen. Rows on screen stay while newer ones are fetched. */
export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 15_000,
        placeholderData: keepPreviousData,
        refetchOnWindowFocus: true,
        retry: (failures, error) =>
          failures < 2 && error instanceof Problem && (error.status === 0 || error.status >= 502),
        retryDelay: (attempt) => Math.min(8_000, 800 * 2 ** attempt),
      },
    },
  })
}
