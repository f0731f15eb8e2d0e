import {
  Alert,
  Autocomplete,
  Button,
  Group,
  PasswordInput,
  SegmentedControl,
  Stack,
  Textarea,
  TextInput,
} from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { DropZone } from '../../ui/DropZone'
import { ErrorAlert } from '../../ui/ErrorAlert'
import { largestFile, lookInto } from './apiClient'
import { CheckList, checksOf } from './CheckList'
import css from './Connection.module.css'
import { bodyOf, type Draft, emptyDraft, isComplete } from './draft'
import { useConnect } from './useConnect'

interface ConnectFormProps {
  /** The org in use, when the connection is replaced. */
  org?: string
  onSaved?: () => void
}

/** Takes what connects to a server, checks it line by line, and saves it once it holds. */
export function ConnectForm({ org = '', onSaved }: ConnectFormProps) {
  const { t } = useTranslation()
  const [draft, setDraft] = useState<Draft>({ ...emptyDraft, org })
  const forget = () => setDraft({ ...emptyDraft, org: draft.org })
  const { connect, report, busy, error, fieldError } = useConnect(() => {
    // The key stays nowhere on this screen.
    forget()
    onSaved?.()
  })
  const change = (values: Partial<Draft>) => setDraft((before) => ({ ...before, ...values }))
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        if (isComplete(draft)) connect('save', bodyOf(draft))
      }}
    >
      <Stack gap="md">
        <SegmentedControl
          size="xs"
          aria-label={t('connection.form.kind')}
          style={{ alignSelf: 'start' }}
          value={draft.kind}
          onChange={(kind) => change({ kind: kind as Draft['kind'] })}
          data={[
            { value: 'file', label: t('connection.form.file') },
            { value: 'short', label: t('connection.form.short') },
          ]}
        />
        {draft.kind === 'file' ? (
          <FileFields draft={draft} error={fieldError('api_client')} onChange={change} />
        ) : (
          <ShortFields draft={draft} errorOf={fieldError} onChange={change} />
        )}
        <Autocomplete
          label={t('connection.form.org')}
          description={t('connection.form.orgHint')}
          placeholder="root"
          spellCheck={false}
          autoComplete="off"
          maxLength={100}
          data={(report?.orgs ?? []).map((each) => each.id)}
          renderOption={({ option }) => orgName(option.value, report?.orgs ?? [])}
          error={fieldError('org_id')}
          value={draft.org}
          onChange={(next) => change({ org: next })}
        />
        <CheckList report={report} busy={busy !== null} expected={checksOf[draft.kind]} />
        <ErrorAlert error={error} />
        <Group justify="flex-end" gap="sm">
          <Button
            variant="default"
            loading={busy === 'test'}
            disabled={!isComplete(draft) || busy === 'save'}
            onClick={() => connect('test', bodyOf(draft))}
          >
            {t('connection.form.test')}
          </Button>
          <Button type="submit" loading={busy === 'save'} disabled={!isComplete(draft) || busy === 'test'}>
            {t('connection.form.connect')}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}

/** The server's name for an org beside its id. */
function orgName(id: string, orgs: { id: string; name: string }[]): string {
  const name = orgs.find((org) => org.id === id)?.name
  return name && name !== id ? `${id} · ${name}` : id
}

interface FieldsProps {
  draft: Draft
  onChange: (values: Partial<Draft>) => void
}

function FileFields({ draft, error, onChange }: FieldsProps & { error?: string }) {
  const { t } = useTranslation()
  const [pasting, setPasting] = useState(false)
  const [tooLarge, setTooLarge] = useState(false)
  const take = async ([file]: File[]) => {
    if (!file) return
    setTooLarge(file.size > largestFile)
    if (file.size <= largestFile) onChange({ text: await file.text(), filename: file.name })
  }
  return (
    <>
      <DropZone
        label={draft.filename || t('connection.form.drop')}
        hint={t('connection.form.dropHint')}
        accept=".yaml,.yml,.txt,application/yaml"
        onFiles={(files) => void take(files)}
      />
      {tooLarge ? (
        <Alert color="red" variant="light" role="alert">
          {t('connection.form.tooLarge')}
        </Alert>
      ) : null}
      {pasting ? (
        <Textarea
          label={t('connection.form.text')}
          autosize
          minRows={6}
          maxRows={14}
          spellCheck={false}
          autoComplete="off"
          styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)', fontSize: 12 } }}
          value={draft.text}
          onChange={(event) => onChange({ text: event.target.value, filename: '' })}
        />
      ) : (
        <Button variant="subtle" size="compact-sm" style={{ alignSelf: 'start' }} onClick={() => setPasting(true)}>
          {t('connection.form.paste')}
        </Button>
      )}
      <Found text={draft.text} error={error} />
    </>
  )
}

/** What the file says about itself, and what is wrong with it. */
function Found({ text, error }: { text: string; error?: string }) {
  const { t } = useTranslation()
  if (text.trim() === '') return null
  const { name, address, lacks } = lookInto(text)
  if (error || lacks.length > 0) {
    return (
      <Alert color={error ? 'red' : 'orange'} variant="light" role={error ? 'alert' : 'status'}>
        {error ?? t('connection.form.lacks', { parts: lacks.join(', ') })}
      </Alert>
    )
  }
  return (
    <p className={css.muted} role="status">
      {t('connection.form.found', { name, address })}
    </p>
  )
}

function ShortFields({ draft, errorOf, onChange }: FieldsProps & { errorOf: (name: string) => string | undefined }) {
  const { t } = useTranslation()
  return (
    <>
      <Alert color="orange" variant="light" role="status">
        {t('connection.form.shortHint')}
      </Alert>
      <TextInput
        label={t('connection.form.url')}
        placeholder="https://velociraptor.example"
        spellCheck={false}
        maxLength={500}
        error={errorOf('base_url')}
        value={draft.url}
        onChange={(event) => onChange({ url: event.target.value })}
      />
      <PasswordInput
        label={t('connection.form.key')}
        autoComplete="off"
        maxLength={10_000}
        error={errorOf('api_key')}
        value={draft.key}
        onChange={(event) => onChange({ key: event.target.value })}
      />
    </>
  )
}
