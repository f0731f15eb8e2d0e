import { Button, Checkbox, Group, Modal, Stack, Text, TextInput } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useNavigate } from 'react-router'
import type { Host } from '../../api/models'
import { usePaths } from '../../app/me'
import { duplicatesQuery, mergeHosts, mergePreviewQuery } from '../../resources/hosts'
import { keys } from '../../resources/keys'
import { ErrorAlert } from '../../ui/ErrorAlert'
import { RowPicker } from '../../ui/RowPicker'
import { ErrorState, LoadingLines } from '../../ui/States'
import { TimeAgo } from '../../ui/TimeAgo'
import { toastDone } from '../../ui/toast'
import { useReturnFocus } from '../../ui/useReturnFocus'
import { useRefresh } from '../../ui/useRows'
import css from './Hosts.module.css'

interface MergeDialogProps {
  /** The host that stays. */
  host: Host
  onClose: () => void
}

/** Makes other entries of the same machine part of this one, after showing what would move. */
export function MergeDialog({ host, onClose }: MergeDialogProps) {
  useReturnFocus()
  const { t } = useTranslation()
  return (
    <Modal
      opened
      size="lg"
      onClose={onClose}
      title={t('hostWork.merge.title', { name: host.hostname })}
      closeButtonProps={{ 'aria-label': t('common.actions.close') }}
    >
      <MergeForm host={host} onClose={onClose} />
    </Modal>
  )
}

function MergeForm({ host, onClose }: MergeDialogProps) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const paths = usePaths()
  const refresh = useRefresh()
  const [ticked, setTicked] = useState<number[]>([])
  const [other, setOther] = useState('')
  const [typed, setTyped] = useState('')
  const from = [...new Set([...ticked, ...(other && Number(other) !== host.id ? [Number(other)] : [])])]
  const preview = useQuery(mergePreviewQuery(host.id, from))
  const merge = useMutation({
    mutationFn: () => mergeHosts(host.id, from),
    onSuccess: () => {
      toastDone(t('hostWork.merge.done', { name: host.hostname }))
      void refresh(keys.hosts, keys.cases, keys.observations, keys.artifacts, keys.dashboard)
      void navigate(paths.host(host.id))
      onClose()
    },
  })
  const toggle = (id: number) =>
    setTicked((before) => (before.includes(id) ? before.filter((each) => each !== id) : [...before, id]))
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        if (from.length > 0 && typed === host.hostname) merge.mutate()
      }}
    >
      <Stack gap="md">
        <Text size="sm">{t('hostWork.merge.hint')}</Text>
        <Duplicates host={host} ticked={ticked} onToggle={toggle} />
        <RowPicker
          kind="host"
          label={t('hostWork.merge.other')}
          placeholder={t('hostWork.merge.otherHint')}
          value={other}
          onChange={(next) => setOther(next ?? '')}
        />
        <div role="status">
          <Text size="sm" fw={600}>
            {t('hostWork.merge.preview')}
          </Text>
          {from.length === 0 ? (
            <Text size="sm" c="dimmed">
              {t('hostWork.merge.previewNone')}
            </Text>
          ) : preview.data ? (
            <Moved moved={preview.data.moved} gone={from.length} />
          ) : preview.error ? null : (
            <LoadingLines lines={2} />
          )}
        </div>
        <ErrorAlert error={from.length > 0 ? preview.error : null} />
        <TextInput
          label={t('hostWork.merge.type', { name: host.hostname })}
          value={typed}
          autoComplete="off"
          spellCheck={false}
          onChange={(event) => setTyped(event.target.value)}
        />
        <ErrorAlert error={merge.error} />
        <Group justify="flex-end" gap="sm">
          <Button variant="default" data-autofocus onClick={onClose}>
            {t('common.actions.cancel')}
          </Button>
          <Button
            type="submit"
            color="red.9"
            loading={merge.isPending}
            disabled={!preview.data || from.length === 0 || typed !== host.hostname}
          >
            {t('hostWork.merge.submit', { count: from.length })}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}

interface DuplicatesProps {
  host: Host
  ticked: number[]
  onToggle: (id: number) => void
}

/** What the server takes for the same machine, and why. */
function Duplicates({ host, ticked, onToggle }: DuplicatesProps) {
  const { t, i18n } = useTranslation()
  const query = useQuery(duplicatesQuery(host.id))
  if (query.error) return <ErrorState error={query.error} retry={() => void query.refetch()} />
  if (!query.data) return <LoadingLines lines={3} />
  if (query.data.length === 0) {
    return (
      <Text size="sm" c="dimmed">
        {t('hostWork.merge.none')}
      </Text>
    )
  }
  const because = (reason: string) => {
    const key = `hostWork.merge.becauses.${reason}`
    return i18n.exists(key) ? (t(key as 'hostWork.merge.becauses.hostname') as string) : reason.replaceAll('_', ' ')
  }
  return (
    <fieldset style={{ border: 0, margin: 0, padding: 0 }}>
      <Text component="legend" size="sm" fw={600}>
        {t('hostWork.merge.found')}
      </Text>
      {query.data.map(({ host: found, reasons }) => (
        <div key={found.id} className={css.choice}>
          <Checkbox
            mt={2}
            aria-label={found.hostname}
            checked={ticked.includes(found.id)}
            onChange={() => onToggle(found.id)}
          />
          <span className={css.choiceText}>
            <b>{found.hostname}</b>
            <span className={css.muted}>{(reasons ?? []).map(because).join(', ')}</span>
            <span className={css.muted}>
              {[`#${found.id}`, found.client_id, found.ip_address].filter(Boolean).join(' · ')}
              {' · '}
              {t('hostWork.merge.seen')} <TimeAgo at={found.last_seen} />
            </span>
          </span>
        </div>
      ))}
    </fieldset>
  )
}

const counted = ['observations', 'sightings', 'cases', 'executions', 'labels'] as const

function Moved({ moved, gone }: { moved: Record<(typeof counted)[number], number>; gone: number }) {
  const { t } = useTranslation()
  return (
    <>
      <ul className={css.moved}>
        {counted.map((name) => (
          <li key={name}>{t(`hostWork.merge.moved.${name}`, { count: moved[name] })}</li>
        ))}
      </ul>
      <Text size="sm" mt={6} c="var(--vc-failed)">
        {t('hostWork.merge.warning', { count: gone })}
      </Text>
    </>
  )
}
