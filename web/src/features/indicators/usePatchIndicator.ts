import { useMutation, useQueryClient } from '@tanstack/react-query'
import type { ArtifactPatch } from '../../api/models'
import { artifactQuery, updateArtifact } from '../../resources/artifacts'
import { keys } from '../../resources/keys'

/** Changes an indicator and, once the server has, everything that shows it. */
export function usePatchIndicator(id: number) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (change: ArtifactPatch) => updateArtifact(id, change),
    onSuccess: (row) => {
      client.setQueryData(artifactQuery(id).queryKey, row)
      void client.invalidateQueries({ queryKey: [keys.artifacts] })
      void client.invalidateQueries({ queryKey: [keys.cases] })
    },
  })
}
