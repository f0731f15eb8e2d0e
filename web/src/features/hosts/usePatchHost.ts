import { useMutation, useQueryClient } from '@tanstack/react-query'
import type { Host, HostBody } from '../../api/models'
import { hostQuery, updateHost } from '../../resources/hosts'
import { keys } from '../../resources/keys'

/** Changes what people keep about a host. The answer is shown at once, and the lists are fetched again. */
export function usePatchHost(id: number) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (change: HostBody) => updateHost(id, change),
    onSuccess: (host) => {
      client.setQueryData<Host>(hostQuery(id).queryKey, host)
      void client.invalidateQueries({ queryKey: [keys.hosts], predicate: ({ queryKey }) => queryKey[1] !== id })
      void client.invalidateQueries({ queryKey: [keys.hosts, id, 'timeline'] })
    },
  })
}
