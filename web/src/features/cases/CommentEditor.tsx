import { Button, Group, Textarea } from '@mantine/core'
import { type KeyboardEvent, type RefObject, useId, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { User } from '../../api/models'
import { Markdown } from '../../ui/Markdown'
import css from './Cases.module.css'
import { fitting, mentionAt, withMention } from './mentions'
import { usePeople } from './useNames'

interface CommentEditorProps {
  label: string
  submit: string
  /** What stands in the field at first. */
  text?: string
  pending: boolean
  error?: string
  /** The field has the focus at once. */
  focused?: boolean
  /** Settles once it is kept; the field is then empty. */
  onSubmit: (text: string) => Promise<unknown>
  onCancel?: () => void
}

/** A field for Markdown that offers names after an @ and shows how it will look. Ctrl-Enter sends it. */
export function CommentEditor({ label, submit, text = '', pending, error, focused, ...on }: CommentEditorProps) {
  const { t } = useTranslation()
  const [draft, setDraft] = useState(text)
  const [preview, setPreview] = useState(false)
  const field = useRef<HTMLTextAreaElement>(null)
  const mention = useMention(draft, setDraft, field)
  const send = () => {
    if (!draft.trim() || pending) return
    // A refusal is shown under the field, and what was written stays in it.
    on.onSubmit(draft.trim()).then(
      () => setDraft(''),
      () => undefined,
    )
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (mention.onKeyDown(event)) return
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) send()
    else if (event.key === 'Escape' && on.onCancel) on.onCancel()
  }
  return (
    <div className={css.editor}>
      {preview ? (
        <div className={css.preview}>
          <Markdown text={draft} />
        </div>
      ) : (
        <Textarea
          ref={field}
          aria-label={label}
          placeholder={t('cases.comments.placeholder')}
          autosize
          minRows={2}
          maxRows={16}
          maxLength={20_000}
          autoFocus={focused}
          value={draft}
          error={error}
          onChange={(event) => {
            setDraft(event.target.value)
            mention.follow(event.target)
          }}
          onSelect={(event) => mention.follow(event.currentTarget)}
          onBlur={mention.close}
          onKeyDown={onKeyDown}
          {...mention.aria}
        />
      )}
      {mention.list}
      <Group justify="flex-end" gap="sm">
        <span className={css.markdownHint}>{t('cases.comments.hint')}</span>
        <Button variant="subtle" size="compact-sm" disabled={!draft.trim()} onClick={() => setPreview(!preview)}>
          {t(preview ? 'cases.comments.write' : 'cases.comments.preview')}
        </Button>
        {on.onCancel ? (
          <Button variant="default" size="compact-sm" onClick={on.onCancel}>
            {t('common.actions.cancel')}
          </Button>
        ) : null}
        <Button size="compact-sm" loading={pending} disabled={!draft.trim()} onClick={send}>
          {submit}
        </Button>
      </Group>
    </div>
  )
}

/** The names offered while one types after an @, and the keys that choose one. */
function useMention(draft: string, setDraft: (text: string) => void, field: RefObject<HTMLTextAreaElement | null>) {
  const id = useId()
  const { t } = useTranslation()
  const { people } = usePeople()
  const [open, setOpen] = useState<{ word: string; from: number; cursor: number } | null>(null)
  const [marked, setMarked] = useState(0)
  const offered = open ? fitting(people as Pick<User, 'id' | 'username'>[], open.word) : []
  const follow = ({ value, selectionStart }: HTMLTextAreaElement) => {
    const found = mentionAt(value, selectionStart)
    if (found?.word !== open?.word) setMarked(0)
    setOpen(found ? { ...found, cursor: selectionStart } : null)
  }
  const choose = (name: string) => {
    if (!open) return
    const next = withMention(draft, open.cursor, open.from, name)
    setDraft(next.text)
    setOpen(null)
    // After React has put the text there.
    setTimeout(() => field.current?.setSelectionRange(next.cursor, next.cursor))
  }
  const onKeyDown = (event: KeyboardEvent): boolean => {
    if (offered.length === 0 || event.ctrlKey || event.metaKey) return false
    const last = offered.length - 1
    if (event.key === 'ArrowDown') setMarked(marked === last ? 0 : marked + 1)
    else if (event.key === 'ArrowUp') setMarked(marked === 0 ? last : marked - 1)
    else if (event.key === 'Enter' || event.key === 'Tab') choose(offered[marked]?.username ?? '')
    else if (event.key === 'Escape') setOpen(null)
    else return false
    event.preventDefault()
    event.stopPropagation()
    return true
  }
  const list =
    offered.length > 0 ? (
      <div id={id} className={css.mentions} role="listbox" aria-label={t('cases.comments.people')}>
        {offered.map((person, index) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the field handles the keys
          <div
            key={person.id}
            id={`${id}-${index}`}
            role="option"
            tabIndex={-1}
            aria-selected={index === marked}
            // The field keeps the focus.
            onMouseDown={(event) => event.preventDefault()}
            onClick={() => choose(person.username)}
          >
            {`@${person.username}`}
          </div>
        ))}
      </div>
    ) : null
  const aria = list ? { 'aria-controls': id, 'aria-activedescendant': `${id}-${marked}` } : {}
  return { list, aria, follow, onKeyDown, close: () => setOpen(null) }
}
