import '../../i18n/users'
import { Button, CopyButton, Group, Modal, Stack, Text, TextInput } from '@mantine/core'
import { IconCheck, IconCopy } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { useReturnFocus } from '../../ui/useReturnFocus'

interface InvitationLinkProps {
  name: string
  url: string
  onClose: () => void
}

/** A link that lets somebody in, shown once. Only its own button closes it: it can't be seen again. */
export function InvitationLink({ name, url, onClose }: InvitationLinkProps) {
  useReturnFocus()
  const { t } = useTranslation()
  return (
    <Modal
      opened
      onClose={onClose}
      withCloseButton={false}
      closeOnClickOutside={false}
      closeOnEscape={false}
      title={t('users.link.title', { name })}
    >
      <Stack gap="md">
        <Text>{t('users.link.hint', { name })}</Text>
        <TextInput
          readOnly
          label={t('users.link.label')}
          value={url}
          styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)', fontSize: 12 } }}
          onFocus={(event) => event.target.select()}
        />
        <Group justify="flex-end" gap="sm">
          <CopyButton value={url}>
            {({ copied, copy }) => (
              <Button
                data-autofocus
                variant="default"
                leftSection={copied ? <IconCheck size={15} /> : <IconCopy size={15} />}
                onClick={copy}
              >
                {copied ? t('common.actions.copied') : t('users.link.copy')}
              </Button>
            )}
          </CopyButton>
          <Button onClick={onClose}>{t('users.link.done')}</Button>
        </Group>
      </Stack>
    </Modal>
  )
}
