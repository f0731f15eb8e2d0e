import { ActionIcon, Button } from '@mantine/core'
import { IconMessage, IconPencil, IconTrash } from '@tabler/icons-react'
import { useInfiniteQuery, useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { CaseComment } from '../../api/models'
import { useMay, useMe } from '../../app/me'
import { addComment, commentsQuery, deleteComment, editComment } from '../../resources/cases'
import { keys } from '../../resources/keys'
import { ConfirmDialog } from '../../ui/ConfirmDialog'
import { useErrorText } from '../../ui/errors'
import { Markdown } from '../../ui/Markdown'
import { EmptyState, ErrorState, LoadingLines } from '../../ui/States'
import { TimeAgo } from '../../ui/TimeAgo'
import { useRefresh, useRows } from '../../ui/useRows'
import css from './Cases.module.css'
import { CommentEditor } from './CommentEditor'

/** What people say about a case, the newest first. */
export function Comments({ caseId }: { caseId: number }) {
  const { t } = useTranslation()
  const refresh = useRefresh()
  const text = useErrorText()
  const work = useMay('cases:write')
  const query = useInfiniteQuery(commentsQuery(caseId))
  const { rows, loading, loadingMore, loadMore } = useRows(query)
  const add = useMutation({
    mutationFn: (body: string) => addComment(caseId, body),
    onSuccess: () => refresh(keys.cases),
  })
  return (
    <>
      {work ? (
        <CommentEditor
          label={t('cases.comments.new')}
          submit={t('cases.comments.add')}
          pending={add.isPending}
          error={add.error ? text(add.error) : undefined}
          onSubmit={(body) => add.mutateAsync(body)}
        />
      ) : null}
      {loading ? <LoadingLines lines={3} /> : null}
      {query.error && !query.data ? <ErrorState error={query.error} retry={() => void query.refetch()} /> : null}
      {query.data && rows.length === 0 ? (
        <EmptyState
          compact
          icon={IconMessage}
          title={t('cases.comments.empty')}
          hint={work ? t('cases.comments.emptyHint') : undefined}
        />
      ) : null}
      <ul className={css.comments} aria-label={t('cases.comments.title')}>
        {rows.map((row) => (
          <Comment key={row.id} caseId={caseId} row={row} />
        ))}
      </ul>
      {query.hasNextPage ? (
        <Button variant="subtle" size="compact-sm" loading={loadingMore} onClick={loadMore}>
          {t('cases.comments.more')}
        </Button>
      ) : null}
    </>
  )
}

function Comment({ caseId, row }: { caseId: number; row: CaseComment }) {
  const { t } = useTranslation()
  const refresh = useRefresh()
  const text = useErrorText()
  const me = useMe()
  const work = useMay('cases:write')
  // An administrator may take any comment away, but nobody changes the words of another.
  const admin = useMay('users:manage')
  const own = row.author_id === me.id
  const [editing, setEditing] = useState(false)
  const edit = useMutation({
    mutationFn: (body: string) => editComment(caseId, row.id, body),
    onSuccess: () => {
      setEditing(false)
      return refresh(keys.cases)
    },
  })
  return (
    <li className={css.comment}>
      <div className={css.commentHead}>
        <b>{own ? t('cases.you', { name: row.author }) : row.author}</b>
        <span className={css.muted}>
          <TimeAgo at={row.created_at} />
          {row.edited_at ? ` · ${t('cases.comments.edited')}` : ''}
        </span>
        <span className={css.commentActs}>
          {work && own && !editing ? (
            <ActionIcon size="sm" onClick={() => setEditing(true)} aria-label={t('cases.comments.edit')}>
              <IconPencil size={14} />
            </ActionIcon>
          ) : null}
          {work && (own || admin) ? <DeleteComment caseId={caseId} row={row} /> : null}
        </span>
      </div>
      {editing ? (
        <CommentEditor
          focused
          label={t('cases.comments.edit')}
          submit={t('common.actions.save')}
          text={row.body}
          pending={edit.isPending}
          error={edit.error ? text(edit.error) : undefined}
          onSubmit={(body) => edit.mutateAsync(body)}
          onCancel={() => setEditing(false)}
        />
      ) : (
        <Markdown text={row.body} />
      )}
    </li>
  )
}

function DeleteComment({ caseId, row }: { caseId: number; row: CaseComment }) {
  const { t } = useTranslation()
  const refresh = useRefresh()
  const [asking, setAsking] = useState(false)
  const remove = useMutation({
    mutationFn: () => deleteComment(caseId, row.id),
    onSuccess: () => {
      setAsking(false)
      return refresh(keys.cases)
    },
  })
  return (
    <>
      <ActionIcon
        size="sm"
        onClick={() => setAsking(true)}
        aria-label={t('cases.comments.delete', { name: row.author })}
      >
        <IconTrash size={14} />
      </ActionIcon>
      <ConfirmDialog
        opened={asking}
        title={t('cases.comments.deleteTitle')}
        consequence={t('cases.comments.deleteConsequence', { name: row.author })}
        confirm={t('cases.comments.deleteConfirm')}
        pending={remove.isPending}
        error={remove.error}
        onConfirm={() => remove.mutate()}
        onClose={() => setAsking(false)}
      />
    </>
  )
}
