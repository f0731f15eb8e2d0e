import { Button, Group, Stack, Switch } from '@mantine/core'
import { IconRefresh, IconTrash } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { MadeWebhook, Webhook } from '../../api/models'
import { TrailLink } from '../../app/TrailLink'
import { keys } from '../../resources/keys'
import { deleteWebhook, rotateWebhook, updateWebhook } from '../../resources/webhooks'
import { ConfirmDialog } from '../../ui/ConfirmDialog'
import { useErrorText } from '../../ui/errors'
import { Facts } from '../../ui/Page'
import { ExactTime, TimeAgo } from '../../ui/TimeAgo'
import { toastDone, toastFailed } from '../../ui/toast'
import { useRefresh } from '../../ui/useRows'
import { useUrl } from '../../ui/useUrl'
import { Deliveries } from './Deliveries'

interface WebhookPanelProps {
  row: Webhook
  /** It got another address, which is to be shown this once. */
  onMade: (webhook: MadeWebhook) => void
}

/** One webhook: whether it takes calls, what came last, and how to make its address void. */
export function WebhookPanel({ row, onMade }: WebhookPanelProps) {
  const { t } = useTranslation()
  const refresh = useRefresh()
  const text = useErrorText()
  const enable = useMutation({
    mutationFn: (enabled: boolean) => updateWebhook(row.id, { enabled }),
    onSuccess: () => {
      toastDone(t('webhooks.panel.updated'))
      return refresh(keys.webhooks)
    },
    onError: (error) => toastFailed(text(error)),
  })
  return (
    <Stack gap="lg">
      <Switch
        label={t('webhooks.panel.enable')}
        description={row.enabled ? undefined : t('webhooks.panel.disabled')}
        checked={enable.isPending ? enable.variables : row.enabled}
        disabled={enable.isPending}
        onChange={(event) => enable.mutate(event.target.checked)}
      />
      <Facts
        facts={[
          [t('webhooks.column.address'), <span key="hint" className="mono">{`${row.hint}…`}</span>],
          [t('webhooks.column.signature'), row.signed ? row.signature_header : t('webhooks.unsigned')],
          [t('webhooks.column.received'), t('webhooks.number', { count: row.received })],
          [t('webhooks.column.refused'), t('webhooks.number', { count: row.refused })],
          [t('webhooks.column.lastUsed'), <TimeAgo key="used" at={row.last_used_at} />],
          [t('webhooks.panel.made'), <ExactTime key="created" at={row.created_at} />],
        ]}
      />
      <Group gap="sm">
        <Rotate row={row} onMade={onMade} />
        <Delete row={row} />
        <TrailLink type="webhook" id={row.id} />
      </Group>
      <Deliveries id={row.id} />
    </Stack>
  )
}

function Rotate({ row, onMade }: WebhookPanelProps) {
  const { t } = useTranslation()
  const refresh = useRefresh()
  const [asking, setAsking] = useState(false)
  const rotate = useMutation({
    mutationFn: () => rotateWebhook(row.id),
    onSuccess: (webhook) => {
      setAsking(false)
      void refresh(keys.webhooks)
      onMade(webhook)
    },
  })
  return (
    <>
      <Button size="sm" variant="default" leftSection={<IconRefresh size={15} />} onClick={() => setAsking(true)}>
        {t('webhooks.panel.rotate')}
      </Button>
      <ConfirmDialog
        opened={asking}
        title={t('webhooks.panel.rotateTitle', { name: row.name })}
        consequence={t('webhooks.panel.rotateConsequence')}
        confirm={t('webhooks.panel.rotateConfirm')}
        pending={rotate.isPending}
        error={rotate.error}
        onConfirm={() => rotate.mutate()}
        onClose={() => setAsking(false)}
      />
    </>
  )
}

function Delete({ row }: { row: Webhook }) {
  const { t } = useTranslation()
  const refresh = useRefresh()
  const [, change] = useUrl()
  const [asking, setAsking] = useState(false)
  const remove = useMutation({
    mutationFn: () => deleteWebhook(row.id),
    onSuccess: () => {
      toastDone(t('webhooks.panel.deleted', { name: row.name }))
      change({ row: null })
      return refresh(keys.webhooks)
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
        {t('webhooks.panel.delete')}
      </Button>
      <ConfirmDialog
        opened={asking}
        title={t('webhooks.panel.deleteTitle', { name: row.name })}
        consequence={t('webhooks.panel.deleteConsequence')}
        confirm={t('webhooks.panel.deleteConfirm')}
        pending={remove.isPending}
        error={remove.error}
        onConfirm={() => remove.mutate()}
        onClose={() => setAsking(false)}
      />
    </>
  )
}
