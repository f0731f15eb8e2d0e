import '../../i18n/playbooks'
import { Button } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Diagnostic, Playbook } from '../../api/models'
import { Problem } from '../../api/problem'
import { useMay } from '../../app/me'
import { keys } from '../../resources/keys'
import { savePlaybook } from '../../resources/playbooks'
import { useErrorText } from '../../ui/errors'
import { toastDone, toastFailed } from '../../ui/toast'
import { useRefresh } from '../../ui/useRows'
import { SourceEditor } from './SourceEditor'

/** The text of a playbook; administrators change it, each save a version. */
export function PlaybookSource({ playbook }: { playbook: Playbook }) {
  const { t } = useTranslation()
  const refresh = useRefresh()
  const text = useErrorText()
  const may = useMay('playbooks:manage')
  const saved = playbook.source ?? ''
  const [editing, setEditing] = useState(false)
  const [source, setSource] = useState(saved)
  const save = useMutation({
    mutationFn: () => savePlaybook(playbook.id, source),
    onSuccess: (row) => {
      toastDone(t('playbooks.source.saved', { version: row.version }))
      setEditing(false)
      void refresh(keys.playbooks)
    },
    onError: (error) => toastFailed(text(error)),
  })
  const discard = () => {
    setSource(saved)
    setEditing(false)
    save.reset()
  }
  const edit = (
    <Button variant="default" size="sm" onClick={() => setEditing(true)}>
      {t('playbooks.source.edit')}
    </Button>
  )
  const keep = (
    <>
      <Button variant="default" size="sm" onClick={discard}>
        {t(source === saved ? 'common.actions.cancel' : 'playbooks.source.discard')}
      </Button>
      <Button size="sm" loading={save.isPending} disabled={source === saved} onClick={() => save.mutate()}>
        {t('playbooks.source.save', { version: playbook.version + 1 })}
      </Button>
    </>
  )
  return (
    <SourceEditor
      key={editing ? 'edit' : 'read'}
      initial={saved}
      value={source}
      readOnly={!editing}
      refused={refusedBy(save.error)}
      onChange={(value) => {
        save.reset()
        setSource(value)
      }}
      actions={may ? editing ? keep : edit : <span>{t('playbooks.source.readOnly')}</span>}
    />
  )
}

/** The problems of a refused save; each message begins with its place, as in `line 4, column 19: …`. */
function refusedBy(error: unknown): Diagnostic[] | undefined {
  if (!(error instanceof Problem) || error.fields.length === 0) return undefined
  return error.fields.map(({ location, message }) => {
    const [, line, column, text] = /^line (\d+), column (\d+): (.*)$/s.exec(message) ?? []
    return {
      severity: 'error',
      path: location,
      line: Number(line ?? 0),
      column: Number(column ?? 0),
      message: text ?? message,
    }
  })
}
