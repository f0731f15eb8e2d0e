import { Button, Group, Modal, Stack, Text, Textarea, TextInput } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { ConfirmDialogProps } from './ConfirmDialog'
import { ErrorAlert } from './ErrorAlert'
import { useReturnFocus } from './useReturnFocus'

/** Asks before something that can't be taken back. Cancel has the focus. */
export function ConfirmModal(props: ConfirmDialogProps) {
  useReturnFocus()
  const { t } = useTranslation()
  return (
    <Modal
      opened={props.opened}
      onClose={props.onClose}
      title={props.title}
      closeButtonProps={{ 'aria-label': t('common.actions.close') }}
    >
      <ConfirmBody {...props} />
    </Modal>
  )
}

function ConfirmBody(props: ConfirmDialogProps) {
  const { consequence, confirm, typed, reason, pending, error, onConfirm, onClose } = props
  const { t } = useTranslation()
  const [value, setValue] = useState('')
  const [why, setWhy] = useState('')
  const ready = (typed === undefined || value === typed.text) && (reason === undefined || why.trim() !== '')
  return (
    <Stack gap="md">
      <Text style={{ whiteSpace: 'pre-line' }}>{consequence}</Text>
      {reason ? (
        <Textarea
          label={reason}
          required
          autosize
          minRows={2}
          maxRows={6}
          maxLength={500}
          value={why}
          onChange={(event) => setWhy(event.target.value)}
        />
      ) : null}
      {typed ? (
        <TextInput
          label={typed.label}
          value={value}
          autoComplete="off"
          spellCheck={false}
          onChange={(event) => setValue(event.target.value)}
        />
      ) : null}
      <ErrorAlert error={error} />
      <Group justify="flex-end" gap="sm">
        <Button variant="default" onClick={onClose} data-autofocus>
          {t('common.actions.cancel')}
        </Button>
        <Button color="red.9" loading={pending} disabled={!ready} onClick={() => onConfirm(why.trim())}>
          {confirm}
        </Button>
      </Group>
    </Stack>
  )
}
