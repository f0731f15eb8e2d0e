import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import type { BulkSelection } from '../../api/models'
import { Problem } from '../../api/problem'
import { startBulk } from '../../resources/bulk'
import { keys } from '../../resources/keys'
import { followJob } from '../jobs/state'
import { useRefresh } from '../useRows'

/** Starts a job, once however often the button is pressed. `errorOf` gives what the server says about one of its params. */
export function useStart(selection: BulkSelection, action: string, onStarted: () => void) {
  const refresh = useRefresh()
  const [attempt, setAttempt] = useState(() => crypto.randomUUID())
  const start = useMutation({
    mutationFn: (params: Record<string, unknown>) =>
      startBulk({ ...selection, action, params } as Parameters<typeof startBulk>[0], attempt),
    onSuccess: (job) => {
      void refresh(keys.bulk)
      followJob(job.id)
      onStarted()
    },
    onError: (error) => {
      // A corrected form is another request; the same key would be refused.
      if (error instanceof Problem && error.status >= 400 && error.status < 500) setAttempt(crypto.randomUUID())
    },
  })
  const errorOf = (name: string) => (start.error instanceof Problem ? start.error.field(name) : undefined)
  return { start, errorOf }
}
