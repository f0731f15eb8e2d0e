import { TagsInput, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useMutation } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import type { Host } from '../../api/models'
import { Problem } from '../../api/problem'
import { createHost, updateHost } from '../../resources/hosts'
import { keys } from '../../resources/keys'
import { FormDialog } from '../../ui/FormDialog'
import { toastDone } from '../../ui/toast'
import { useRefresh } from '../../ui/useRows'

interface HostDialogProps {
  /** The host to change; a new one without. */
  host?: Host
  onClose: () => void
}

/** Adds a host or changes one. */
export function HostDialog({ host, onClose }: HostDialogProps) {
  const { t } = useTranslation()
  const refresh = useRefresh()
  const form = useForm({
    initialValues: {
      hostname: host?.hostname ?? '',
      ip_address: host?.ip_address ?? '',
      os: host?.os ?? '',
      client_id: host?.client_id ?? '',
      labels: [...(host?.labels ?? [])],
    },
    validate: { hostname: (value) => (value.trim() ? null : t('hosts.form.hostnameRequired')) },
  })
  const save = useMutation({
    mutationFn: (values: typeof form.values) => {
      const body = sent(values, host)
      return host ? updateHost(host.id, body) : createHost({ ...body, hostname: values.hostname.trim() })
    },
    onSuccess: (saved) => {
      void refresh(keys.hosts, keys.dashboard)
      toastDone(t(host ? 'hosts.form.saved' : 'hosts.form.created', { name: saved.hostname }))
      onClose()
    },
    onError: (error) => {
      if (error instanceof Problem) {
        for (const { location, message } of error.fields) form.setFieldError(location.split('.').pop() ?? '', message)
      }
    },
  })
  return (
    <FormDialog
      opened
      title={t(host ? 'hosts.edit' : 'hosts.add')}
      submit={t(host ? 'hosts.form.save' : 'hosts.form.create')}
      pending={save.isPending}
      error={save.error}
      onSubmit={form.onSubmit((values) => save.mutate(values))}
      onClose={onClose}
    >
      <TextInput label={t('hosts.form.hostname')} data-autofocus {...form.getInputProps('hostname')} />
      <TextInput label={t('hosts.form.ip')} {...form.getInputProps('ip_address')} />
      <TextInput label={t('hosts.form.os')} {...form.getInputProps('os')} />
      <TextInput label={t('hosts.form.client')} placeholder="C.0123456789abcdef" {...form.getInputProps('client_id')} />
      <TagsInput
        label={t('hosts.form.labels')}
        placeholder={t('hosts.form.labelsHint')}
        {...form.getInputProps('labels')}
      />
    </FormDialog>
  )
}

interface Values {
  hostname: string
  ip_address: string
  os: string
  client_id: string
  labels: string[]
}

/** Only what differs, so that a change made meanwhile elsewhere is not undone. */
function sent(values: Values, host: Host | undefined) {
  const trimmed = {
    hostname: values.hostname.trim(),
    ip_address: values.ip_address.trim(),
    os: values.os.trim(),
    client_id: values.client_id.trim(),
  }
  const changed = Object.entries(trimmed).filter(
    ([key, value]) => value !== (host?.[key as keyof typeof trimmed] ?? ''),
  )
  const labels = JSON.stringify(values.labels) === JSON.stringify(host?.labels ?? []) ? {} : { labels: values.labels }
  return { ...(Object.fromEntries(changed) as Partial<typeof trimmed>), ...labels }
}
