import { useMutation, useQueryClient } from '@tanstack/react-query'
import type { Case, CaseBody } from '../../api/models'
import { updateCase } from '../../resources/cases'
import { keys } from '../../resources/keys'
import { useErrorText } from '../../ui/errors'
import { toastFailed } from '../../ui/toast'

/** Changes a case on the screen at once, and back again when the server refuses. */
export function usePatchCase(id: number) {
  const client = useQueryClient()
  const text = useErrorText()
  const key = [keys.cases, id]
  return useMutation({
    mutationFn: (change: CaseBody) => updateCase(id, change),
    onMutate: async (change) => {
      await client.cancelQueries({ queryKey: key, exact: true })
      const before = client.getQueryData<Case>(key)
      if (before) client.setQueryData<Case>(key, { ...before, ...change } as Case)
      return { before }
    },
    onError: (error, _change, context) => {
      if (context?.before) client.setQueryData(key, context.before)
      toastFailed(text(error))
    },
    onSuccess: (row) => client.setQueryData<Case>(key, row),
    onSettled: () => {
      void client.invalidateQueries({
        queryKey: [keys.cases],
        predicate: (query) => query.queryKey.at(-1) === 'endless',
      })
      void client.invalidateQueries({ queryKey: [keys.dashboard] })
    },
  })
}
