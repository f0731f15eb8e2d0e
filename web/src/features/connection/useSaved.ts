import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import type { ConnectionPatch } from '../../api/models'
import { Problem } from '../../api/problem'
import { keys } from '../../resources/keys'
import { connectionQuery, updateConnection } from '../../resources/velociraptor'
import { toastDone } from '../../ui/toast'

/** Saves a part of what a connection is set to; the answer is shown at once. */
export function useSaved(onSaved: () => void) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const save = useMutation({
    mutationFn: (change: ConnectionPatch) => updateConnection(change),
    onSuccess: (row) => {
      client.setQueryData(connectionQuery.queryKey, row)
      // What may be collected is part of what the artifacts say of themselves.
      void client.invalidateQueries({ queryKey: [keys.veloArtifacts] })
      toastDone(t('connection.saved'))
      onSaved()
    },
  })
  return { save, errorOf: (name: string) => (save.error instanceof Problem ? save.error.field(name) : undefined) }
}
