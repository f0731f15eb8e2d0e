import { Alert, Button, Group, SegmentedControl, Stack, Text, Textarea } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Host } from '../../api/models'
import { Problem } from '../../api/problem'
import { hostQuery, hostVersion, updateHost } from '../../resources/hosts'
import { keys } from '../../resources/keys'
import { ErrorAlert } from '../../ui/ErrorAlert'
import { Markdown } from '../../ui/Markdown'
import { ErrorState, LoadingLines } from '../../ui/States'
import { toastDone } from '../../ui/toast'
import { useRefresh } from '../../ui/useRows'
import css from './Hosts.module.css'

const longest = 20_000

interface NotesEditorProps {
  hostId: number
  onClose: () => void
}

/** Edits the notes as they stand at this moment; what somebody else saved meanwhile is never overwritten. */
export function NotesEditor({ hostId, onClose }: NotesEditorProps) {
  const start = useQuery({
    queryKey: [keys.hosts, hostId, 'version'],
    queryFn: () => hostVersion(hostId),
    placeholderData: undefined,
    staleTime: 0,
    gcTime: 0,
    refetchOnWindowFocus: false,
  })
  if (start.error && !start.data) return <ErrorState error={start.error} retry={() => void start.refetch()} />
  if (!start.data || start.isFetching) return <LoadingLines lines={6} />
  return (
    <Editor
      key={start.data.version}
      hostId={hostId}
      version={start.data.version}
      first={start.data.row.notes}
      onReload={() => void start.refetch()}
      onClose={onClose}
    />
  )
}

interface EditorProps extends NotesEditorProps {
  version: string
  first: string
  onReload: () => void
}

function Editor({ hostId, version, first, onReload, onClose }: EditorProps) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const refresh = useRefresh()
  const [text, setText] = useState(first)
  const [shown, setShown] = useState<'write' | 'preview'>('write')
  const save = useMutation({
    mutationFn: () => updateHost(hostId, { notes: text }, version),
    onSuccess: (host) => {
      client.setQueryData<Host>(hostQuery(hostId).queryKey, host)
      void refresh(keys.hosts)
      toastDone(t('hostWork.notes.saved'))
      onClose()
    },
  })
  useLeaveWarning(text !== first)
  const conflict = save.error instanceof Problem && [409, 412].includes(save.error.status)
  const left = longest - text.length
  return (
    <Stack gap="sm">
      <SegmentedControl
        size="xs"
        style={{ alignSelf: 'flex-start' }}
        aria-label={t('hostWork.notes.title')}
        value={shown}
        onChange={(next) => setShown(next as typeof shown)}
        data={[
          { value: 'write', label: t('hostWork.notes.write') },
          { value: 'preview', label: t('hostWork.notes.preview') },
        ]}
      />
      {shown === 'write' ? (
        <Textarea
          aria-label={t('hostWork.notes.label')}
          classNames={{ input: css.editor }}
          autoFocus
          autosize
          minRows={8}
          maxRows={24}
          maxLength={longest}
          value={text}
          error={save.error instanceof Problem ? save.error.field('notes') : undefined}
          onChange={(event) => setText(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) save.mutate()
          }}
        />
      ) : (
        <div className={css.preview}>{text ? <Markdown text={text} /> : t('hostWork.notes.nothing')}</div>
      )}
      {left < 1_000 ? (
        <Text size="xs" c="dimmed" role="status">
          {t('hostWork.notes.left', { count: left })}
        </Text>
      ) : null}
      {conflict ? (
        <Alert color="orange" variant="light" role="alert">
          {t('hostWork.notes.conflict')}{' '}
          <Button size="compact-xs" variant="subtle" onClick={onReload}>
            {t('hostWork.notes.load')}
          </Button>
        </Alert>
      ) : (
        <ErrorAlert error={save.error} />
      )}
      <Group gap="sm" justify="flex-end">
        <Button variant="default" size="sm" onClick={onClose}>
          {t('common.actions.cancel')}
        </Button>
        <Button size="sm" loading={save.isPending} disabled={text === first} onClick={() => save.mutate()}>
          {t('common.actions.save')}
        </Button>
      </Group>
    </Stack>
  )
}

/** The browser asks before it leaves while something is not saved. */
function useLeaveWarning(unsaved: boolean): void {
  useEffect(() => {
    if (!unsaved) return
    const warn = (event: BeforeUnloadEvent) => event.preventDefault()
    window.addEventListener('beforeunload', warn)
    return () => window.removeEventListener('beforeunload', warn)
  }, [unsaved])
}
