import { Anchor, Button, Group } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { deleteCase, deleteComment, removeCaseHost } from '../../resources/cases'
import { useErrorText } from '../../ui/errors'
import { toastDone, toastFailed } from '../../ui/toast'
import type { Put } from './usePutIntoCase'

/** Takes back what putting rows into a case did, and no more than that. */
export async function takeBack({ caseId, own, comment, hosts }: Put): Promise<void> {
  if (own) {
    await deleteCase(caseId)
    return
  }
  await deleteComment(caseId, comment)
  for (const host of hosts) await removeCaseHost(caseId, host)
}

interface PutToastProps {
  put: Put
  to: string
  text: string
  onUndone: () => void
}

/** Says that rows are in a case: leads there, and takes it back. */
export function PutToast({ put, to, text, onUndone }: PutToastProps) {
  const { t } = useTranslation()
  const reason = useErrorText()
  const [busy, setBusy] = useState(false)
  const undo = async () => {
    setBusy(true)
    try {
      await takeBack(put)
      toastDone(t('hunts.toCase.undone'))
      onUndone()
    } catch (error) {
      toastFailed(reason(error))
      setBusy(false)
    }
  }
  return (
    <Group justify="space-between" gap="sm" wrap="nowrap">
      <Anchor component={Link} to={to} inherit>
        {text}
      </Anchor>
      <Button size="compact-xs" variant="default" loading={busy} onClick={() => void undo()}>
        {t('hunts.toCase.undo')}
      </Button>
    </Group>
  )
}
