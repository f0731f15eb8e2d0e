import { keepPreviousData, MutationCache, QueryCache, QueryClient } from '@tanstack/react-query'
import { Problem } from './problem'

/**
 * One cache for the whole screen. Rows on screen stay while newer ones are fetched. `account` is the first part of the
 * key under which the own account is kept.
 */
export function createQueryClient(account: string): QueryClient {
  const onError = (error: unknown) => {
    // A second factor may be demanded at any time; the account says so, and its set-up comes before everything.
    if (error instanceof Problem && error.code === 'totp_enrolment_required') {
      void client.invalidateQueries({ queryKey: [account] })
    }
  }
  const client = new QueryClient({
    queryCache: new QueryCache({ onError }),
    mutationCache: new MutationCache({ onError }),
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
  return client
}
