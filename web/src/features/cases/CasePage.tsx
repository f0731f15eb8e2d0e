import { Button, TextInput } from '@mantine/core'
import { IconTrash } from '@tabler/icons-react'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useNavigate, useParams } from 'react-router'
import type { Case } from '../../api/models'
import { useMay, usePaths } from '../../app/me'
import { caseQuery, deleteCase } from '../../resources/cases'
import { keys } from '../../resources/keys'
import { ConfirmDialog } from '../../ui/ConfirmDialog'
import { Page } from '../../ui/Page'
import { ErrorState, LoadingLines } from '../../ui/States'
import { toastDone } from '../../ui/toast'
import { useRefresh } from '../../ui/useRows'
import { CaseArtifacts } from './CaseArtifacts'
import { CaseDescription } from './CaseDescription'
import { CaseFacts } from './CaseFacts'
import { CaseHosts } from './CaseHosts'
import css from './Cases.module.css'
import { usePatchCase } from './usePatchCase'

/** One case: its facts, what it is about, its hosts and indicators. */
export function CasePage() {
  const id = Number(useParams().id)
  const query = useQuery(caseQuery(id))
  if (query.data) return <CaseDetail row={query.data} />
  if (query.error) return <ErrorState error={query.error} retry={() => void query.refetch()} />
  return (
    <Page title="">
      <LoadingLines lines={8} />
    </Page>
  )
}

function CaseDetail({ row }: { row: Case }) {
  return (
    <Page title={row.title} heading={<CaseTitle row={row} />} aside={`#${row.id}`} actions={<DeleteCase row={row} />}>
      <div className={css.layout}>
        <CaseFacts row={row} />
        <div className={`${css.column} ${css.center}`}>
          <CaseDescription row={row} />
          <CaseArtifacts caseId={row.id} />
        </div>
        <div className={css.hosts}>
          <CaseHosts caseId={row.id} />
        </div>
      </div>
    </Page>
  )
}

/** The title; a click turns it into a field. */
function CaseTitle({ row }: { row: Case }) {
  const { t } = useTranslation()
  const patch = usePatchCase(row.id)
  const [draft, setDraft] = useState<string | null>(null)
  const work = useMay('cases:write')
  if (!work) return <>{row.title}</>
  if (draft === null) {
    return (
      <Button
        variant="subtle"
        color="gray"
        c="var(--vc-text)"
        h="auto"
        px={4}
        ml={-4}
        fz={20}
        fw={600}
        styles={{ label: { whiteSpace: 'normal', textAlign: 'start' } }}
        title={t('cases.editTitle')}
        onClick={() => setDraft(row.title)}
      >
        {row.title}
      </Button>
    )
  }
  const finish = () => {
    const title = draft.trim()
    if (title && title !== row.title) patch.mutate({ title })
    setDraft(null)
  }
  return (
    <TextInput
      aria-label={t('cases.form.title')}
      autoFocus
      w={480}
      maw="100%"
      value={draft}
      onChange={(event) => setDraft(event.target.value)}
      onBlur={finish}
      onKeyDown={(event) => {
        if (event.key === 'Enter') finish()
        if (event.key === 'Escape') setDraft(null)
      }}
    />
  )
}

function DeleteCase({ row }: { row: Case }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const paths = usePaths()
  const refresh = useRefresh()
  const [asking, setAsking] = useState(false)
  const remove = useMutation({
    mutationFn: () => deleteCase(row.id),
    onSuccess: () => {
      toastDone(t('cases.delete.done', { id: row.id }))
      void navigate(paths.cases, { replace: true })
      void refresh(keys.cases, keys.artifacts, keys.dashboard)
    },
  })
  if (!useMay('cases:write')) return null
  return (
    <>
      <Button
        size="sm"
        variant="default"
        c="var(--vc-failed)"
        leftSection={<IconTrash size={15} />}
        onClick={() => setAsking(true)}
      >
        {t('common.actions.delete')}
      </Button>
      <ConfirmDialog
        opened={asking}
        title={t('cases.delete.title', { id: row.id })}
        consequence={t('cases.delete.consequence')}
        confirm={t('cases.delete.confirm')}
        pending={remove.isPending}
        error={remove.error}
        onConfirm={() => remove.mutate()}
        onClose={() => setAsking(false)}
      />
    </>
  )
}
