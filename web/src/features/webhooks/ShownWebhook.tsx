import { Alert, Button, CopyButton, Group, Modal, Stack } from '@mantine/core'
import { IconCheck, IconCopy } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import type { MadeWebhook } from '../../api/models'
import { useReturnFocus } from '../../ui/useReturnFocus'
import { example } from './signing'
import css from './Webhooks.module.css'

interface ShownWebhookProps {
  webhook: MadeWebhook
  onClose: () => void
}

/** The address and the secret of a webhook, this once, and how it is called. Only its own button closes it. */
export function ShownWebhook({ webhook, onClose }: ShownWebhookProps) {
  useReturnFocus()
  const { t } = useTranslation()
  const { name, url = '', secret = '', signature_header: header } = webhook
  const script = example({ url, header, secret })
  return (
    <Modal
      opened
      size={760}
      onClose={onClose}
      withCloseButton={false}
      closeOnClickOutside={false}
      closeOnEscape={false}
      title={t('webhooks.shown.title', { name })}
    >
      <Stack gap="md">
        <Alert color="orange" variant="light" role="status">
          {t(header && !secret ? 'webhooks.shown.hintOwn' : 'webhooks.shown.hint')}
        </Alert>
        <Shown label={t('webhooks.shown.address')} copy={t('webhooks.shown.copyAddress')} value={url} first />
        {secret ? (
          <Shown label={t('webhooks.shown.secret')} copy={t('webhooks.shown.copySecret')} value={secret} />
        ) : null}
        <div>
          <p className={css.label}>
            {t('webhooks.shown.example')}
            <Copy label={t('webhooks.shown.copyExample')} value={script} />
          </p>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
          <pre className={`${css.example} mono`} tabIndex={0}>
            {script}
          </pre>
        </div>
        <Group justify="flex-end">
          <Button onClick={onClose}>{t('webhooks.shown.done')}</Button>
        </Group>
      </Stack>
    </Modal>
  )
}

function Shown({ label, copy, value, first = false }: { label: string; copy: string; value: string; first?: boolean }) {
  return (
    <div>
      <p className={css.label}>
        {label}
        <Copy label={copy} value={value} first={first} />
      </p>
      <div className={`${css.secret} mono`}>{value}</div>
    </div>
  )
}

function Copy({ label, value, first = false }: { label: string; value: string; first?: boolean }) {
  const { t } = useTranslation()
  return (
    <CopyButton value={value}>
      {({ copied, copy }) => (
        <Button
          variant="default"
          size="compact-sm"
          data-autofocus={first || undefined}
          leftSection={copied ? <IconCheck size={14} /> : <IconCopy size={14} />}
          onClick={copy}
        >
          {copied ? t('common.actions.copied') : label}
        </Button>
      )}
    </CopyButton>
  )
}
