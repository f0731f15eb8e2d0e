import { useQueryClient } from '@tanstack/react-query'
import type { Hunt } from '../../api/models'
import { huntQuery } from '../../resources/hunts'
import { keys } from '../../resources/keys'

/** Puts what came of an act on the screen. */
export function useHuntChanged() {
  const client = useQueryClient()
  return (after: Hunt) => {
    client.setQueryData(huntQuery(after.id).queryKey, after)
    void client.invalidateQueries({ queryKey: [keys.hunts] })
  }
}
