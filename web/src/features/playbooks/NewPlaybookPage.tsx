import '../../i18n/playbooks'
import { Button } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useNavigate } from 'react-router'
import type { LibraryPlaybook } from '../../api/models'
import { usePaths } from '../../app/me'
import { keys } from '../../resources/keys'
import { createPlaybook, libraryQuery } from '../../resources/playbooks'
import { useErrorText } from '../../ui/errors'
import { Page } from '../../ui/Page'
import { toastDone, toastFailed } from '../../ui/toast'
import { useRefresh } from '../../ui/useRows'
import css from './Playbooks.module.css'
import { SourceEditor } from './SourceEditor'

const blank = `name: New playbook
description: Says hello.
trigger:
  type: manual
actions:
  - id: hello
    type: send_notification
    params:
      title: Hello
      message: Hello from a playbook
`

/** A new playbook: pick what to start from, write, create. */
export function NewPlaybookPage() {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const paths = usePaths()
  const refresh = useRefresh()
  const text = useErrorText()
  const [start, setStart] = useState<{ name: string; source: string }>({ name: '', source: blank })
  const [source, setSource] = useState(blank)
  const create = useMutation({
    mutationFn: () => createPlaybook(source),
    onSuccess: (row) => {
      void refresh(keys.playbooks)
      toastDone(t('playbooks.source.createdDone', { name: row.name }))
      void navigate(paths.playbook(row.id))
    },
    onError: (error) => toastFailed(text(error)),
  })
  const pick = (name: string, from: string) => {
    setStart({ name, source: from })
    setSource(from)
  }
  return (
    <Page title={t('playbooks.new.title')}>
      <div className={css.new}>
        <Templates picked={start.name} onPick={pick} />
        <SourceEditor
          key={start.name}
          initial={start.source}
          value={source}
          readOnly={false}
          onChange={setSource}
          actions={
            <Button size="sm" loading={create.isPending} onClick={() => create.mutate()}>
              {t('playbooks.source.create')}
            </Button>
          }
        />
      </div>
    </Page>
  )
}

function Templates({ picked, onPick }: { picked: string; onPick: (name: string, source: string) => void }) {
  const { t } = useTranslation()
  const library = useQuery(libraryQuery)
  return (
    <section className={css.templates} aria-label={t('playbooks.new.from')}>
      <Template
        name={t('playbooks.new.blank')}
        hint={t('playbooks.new.blankHint')}
        picked={picked === ''}
        onPick={() => onPick('', blank)}
      />
      {library.data?.map((entry: LibraryPlaybook) => (
        <Template
          key={entry.name}
          name={entry.name}
          hint={entry.description}
          picked={picked === entry.name}
          onPick={() => onPick(entry.name, entry.source)}
        />
      ))}
    </section>
  )
}

interface TemplateProps {
  name: string
  hint: string
  picked: boolean
  onPick: () => void
}

function Template({ name, hint, picked, onPick }: TemplateProps) {
  return (
    <button type="button" className={css.template} aria-pressed={picked} onClick={onPick}>
      <span className={css.templateName}>{name}</span>
      <span className={css.templateHint}>{hint}</span>
    </button>
  )
}
