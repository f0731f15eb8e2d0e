import { Alert, Button, CopyButton, Group, Stack, Text } from '@mantine/core'
import { IconCheck, IconCopy } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import css from './Profile.module.css'

/** A new key, this once, and how it is used. */
export function ShownKey({ secret, onClose }: { secret: string; onClose: () => void }) {
  const { t } = useTranslation()
  return (
    <Stack gap="md">
      <Alert color="orange" variant="light" role="status">
        {t('account.keys.shownHint')}
      </Alert>
      <div className={`${css.secret} mono`}>{secret}</div>
      <div>
        <Text size="sm" fw={500} mb={4}>
          {t('account.keys.example')}
        </Text>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
        <pre className={`${css.example} mono`} tabIndex={0}>
          {`curl -H "Authorization: Bearer ${secret.slice(0, 6)}…" ${window.location.origin}/api/hosts`}
        </pre>
      </div>
      <Group justify="flex-end" gap="sm">
        <CopyButton value={secret}>
          {({ copied, copy }) => (
            <Button
              variant={copied ? 'default' : 'filled'}
              leftSection={copied ? <IconCheck size={15} /> : <IconCopy size={15} />}
              onClick={copy}
              data-autofocus
            >
              {copied ? t('common.actions.copied') : t('account.keys.copyKey')}
            </Button>
          )}
        </CopyButton>
        <Button variant="default" onClick={onClose}>
          {t('account.keys.done')}
        </Button>
      </Group>
    </Stack>
  )
}
