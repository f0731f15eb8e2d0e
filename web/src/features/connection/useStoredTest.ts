import { useMutation } from '@tanstack/react-query'
import { keys } from '../../resources/keys'
import { testConnection } from '../../resources/velociraptor'
import { useErrorText } from '../../ui/errors'
import { toastFailed } from '../../ui/toast'
import { useRefresh } from '../../ui/useRows'

/** Checks the connection that is saved. */
export function useStoredTest() {
  const refresh = useRefresh()
  const text = useErrorText()
  const test = useMutation({
    mutationFn: () => testConnection({}),
    // What the checks found is known to the connection's state as well.
    onSuccess: () => refresh(keys.connection),
    onError: (error) => toastFailed(text(error)),
  })
  return { run: () => test.mutate(), report: test.data ?? null, busy: test.isPending }
}
