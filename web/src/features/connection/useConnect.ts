import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import type { Connection, ConnectionBody } from '../../api/models'
import { Problem } from '../../api/problem'
import { keys } from '../../resources/keys'
import { connectionQuery, saveConnection, testConnection } from '../../resources/velociraptor'
import { toastDone } from '../../ui/toast'

interface Attempt {
  act: 'test' | 'save'
  body: ConnectionBody
}

/** Checks a connection and, where that is asked and nothing needed is wrong, saves it. */
export function useConnect(onSaved: () => void) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const test = useMutation({ mutationFn: testConnection })
  const save = useMutation({
    mutationFn: saveConnection,
    onSuccess: (row: Connection) => {
      toastDone(t('connection.form.saved', { address: row.address }))
      onSaved()
      client.setQueryData(connectionQuery.queryKey, row)
      void client.invalidateQueries({ queryKey: [keys.connection] })
      void client.invalidateQueries({ queryKey: [keys.veloArtifacts] })
      void client.invalidateQueries({ queryKey: [keys.dashboard] })
    },
  })
  const attempt = useMutation({
    mutationFn: async ({ act, body }: Attempt) => {
      save.reset()
      const report = await test.mutateAsync(body)
      if (act === 'save' && report.usable) await save.mutateAsync(body)
    },
  })
  const error = test.error ?? save.error
  return {
    connect: (act: Attempt['act'], body: ConnectionBody) => attempt.mutate({ act, body }),
    report: test.data ?? null,
    busy: attempt.isPending ? attempt.variables.act : null,
    error,
    fieldError: (name: string) => (error instanceof Problem ? error.field(name) : undefined),
  }
}
