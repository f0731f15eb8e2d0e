import { Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core'
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

function ConfirmBody({ consequence, confirm, typed, pending, error, onConfirm, onClose }: ConfirmDialogProps) {
  const { t } = useTranslation()
  const [value, setValue] = useState('')
  return (
    <Stack gap="md">
      <Text>{consequence}</Text>
      {typed ? (
        <TextInput label={typed.label} value={value} onChange={(event) => setValue(event.target.value)} />
      ) : null}
      <ErrorAlert error={error} />
      <Group justify="flex-end" gap="sm">
        <Button variant="default" onClick={onClose} data-autofocus>
          {t('common.actions.cancel')}
        </Button>
        <Button
          color="red.9"
          loading={pending}
          disabled={typed !== undefined && value !== typed.text}
          onClick={onConfirm}
        >
          {confirm}
        </Button>
      </Group>
    </Stack>
  )
}
