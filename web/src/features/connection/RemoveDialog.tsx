import { useMutation } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { keys } from '../../resources/keys'
import { removeCallbacks } from '../../resources/velociraptor'
import { ConfirmDialog } from '../../ui/ConfirmDialog'
import { toastDone, toastFailed } from '../../ui/toast'
import { useRefresh } from '../../ui/useRows'

/** Takes the callbacks away. What could not be taken off the server is said. */
export function RemoveDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation()
  const refresh = useRefresh()
  const remove = useMutation({
    mutationFn: removeCallbacks,
    onSuccess: ({ removed, steps }) => {
      if (removed) toastDone(t('connection.callbacks.removed'))
      else toastFailed([t('connection.callbacks.refusedOnly'), ...steps].join(' '))
      onClose()
      return refresh(keys.connection, keys.dashboard)
    },
  })
  return (
    <ConfirmDialog
      opened
      title={t('connection.callbacks.removeTitle')}
      consequence={t('connection.callbacks.removeConsequence')}
      confirm={t('connection.callbacks.remove')}
      pending={remove.isPending}
      error={remove.error}
      onConfirm={() => remove.mutate()}
      onClose={onClose}
    />
  )
}
