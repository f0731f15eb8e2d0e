import { useDebouncedValue } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import type { Diagnostic } from '../../api/models'
import { keys } from '../../resources/keys'
import { validatePlaybook } from '../../resources/playbooks'

const none: Diagnostic[] = []

/** What the server's compiler says about a text, asked once the typing rests. */
export function useCheck(source: string, enabled: boolean) {
  const [settled] = useDebouncedValue(source, 500)
  const query = useQuery({
    queryKey: [keys.playbooks, 'check', settled],
    queryFn: ({ signal }) => validatePlaybook(settled, signal),
    enabled: enabled && settled.trim() !== '',
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 60_000,
  })
  return {
    diagnostics: (enabled ? query.data?.diagnostics : undefined) ?? none,
    checking: query.isFetching || settled !== source,
    error: query.error,
  }
}
