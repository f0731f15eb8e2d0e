import { Button } from '@mantine/core'
import { IconTrash } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useNavigate } from 'react-router'
import { ConfirmDialog, type ConfirmDialogProps } from './ConfirmDialog'
import { toastDone } from './toast'
import { useRefresh } from './useRows'

interface DeleteActionProps extends Pick<ConfirmDialogProps, 'title' | 'consequence' | 'confirm' | 'typed'> {
  action: () => Promise<unknown>
  /** Said once it is done. */
  done: string
  /** Where to go then: the page of what was deleted is no more. */
  leadsTo: string
  /** The resources that were touched. */
  touches: string[]
}

/** In the head of a row's page: deletes the row, after asking. */
export function DeleteAction({ action, done, leadsTo, touches, ...dialog }: DeleteActionProps) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const refresh = useRefresh()
  const [asking, setAsking] = useState(false)
  const remove = useMutation({
    mutationFn: action,
    onSuccess: () => {
      toastDone(done)
      void navigate(leadsTo, { replace: true })
      void refresh(...touches)
    },
  })
  return (
    <>
      <Button
        size="sm"
        variant="default"
        c="var(--vc-failed)"
        leftSection={<IconTrash size={15} />}
        onClick={() => setAsking(true)}
      >
        {t('common.actions.delete')}
      </Button>
      <ConfirmDialog
        {...dialog}
        opened={asking}
        pending={remove.isPending}
        error={remove.error}
        onConfirm={() => remove.mutate()}
        onClose={() => setAsking(false)}
      />
    </>
  )
}
