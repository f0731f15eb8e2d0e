import { Button, Group, Modal, Stack, Text } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ErrorAlert } from '../../ui/ErrorAlert'
import { ProofField } from '../../ui/ProofField'
import { retryAt, useCountdown } from '../../ui/useCountdown'
import { useReturnFocus } from '../../ui/useReturnFocus'

interface CodeDialogProps {
  title: string
  hint: string
  submit: string
  danger?: boolean
  /** What the code is for. */
  action: (code: string) => Promise<void>
  onClose: () => void
}

/** Says what will happen and asks for the code that makes it happen. */
export function CodeDialog({ title, hint, submit, danger, action, onClose }: CodeDialogProps) {
  useReturnFocus()
  const { t } = useTranslation()
  const [code, setCode] = useState('')
  const act = useMutation({ mutationFn: action })
  const waiting = useCountdown(retryAt(act.error)) > 0
  const send = () => {
    if (code.length < 6 || waiting) return
    act.mutate(code.trim())
    setCode('')
  }
  return (
    <Modal opened onClose={onClose} title={title} closeButtonProps={{ 'aria-label': t('common.actions.close') }}>
      <form
        noValidate
        // The digits keep Escape to themselves, for the dialog that may lie over another.
        onKeyDown={(event) => event.key === 'Escape' && onClose()}
        onSubmit={(event) => {
          event.preventDefault()
          send()
        }}
      >
        <Stack gap="md">
          <Text>{hint}</Text>
          <ErrorAlert error={act.error} />
          {/* No sending at the sixth digit: what is asked here is more than a code. */}
          <ProofField disabled={act.isPending || waiting} value={code} onChange={setCode} />
          <Group justify="flex-end" gap="sm">
            <Button variant="default" onClick={onClose}>
              {t('common.actions.cancel')}
            </Button>
            <Button
              type="submit"
              color={danger ? 'red.9' : undefined}
              loading={act.isPending}
              disabled={code.length < 6 || waiting}
            >
              {submit}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}
