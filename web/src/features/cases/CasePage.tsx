import '../../i18n/cases'
import { Button, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { lazy, Suspense, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useParams } from 'react-router'
import type { Case } from '../../api/models'
import { useMay, usePaths } from '../../app/me'
import { TrailLink } from '../../app/TrailLink'
import { caseQuery, deleteCase } from '../../resources/cases'
import { keys } from '../../resources/keys'
import { DeleteAction } from '../../ui/DeleteAction'
import { DetailPage } from '../../ui/DetailPage'
import { Page } from '../../ui/Page'
import { CaseArtifacts } from './CaseArtifacts'
import { CaseDescription } from './CaseDescription'
import { CaseFacts } from './CaseFacts'
import { CaseHosts } from './CaseHosts'
import css from './Cases.module.css'
import { usePatchCase } from './usePatchCase'

const CaseActivity = lazy(async () => ({ default: (await import('./CaseActivity')).CaseActivity }))
const CaseTasks = lazy(async () => ({ default: (await import('./CaseTasks')).CaseTasks }))

/** One case: its facts, what it is about, its hosts, indicators and tasks, and what was said and done. */
export function CasePage() {
  const id = Number(useParams().id)
  return <DetailPage query={useQuery(caseQuery(id))}>{(row) => <CaseDetail row={row} />}</DetailPage>
}

function CaseDetail({ row }: { row: Case }) {
  return (
    <Page
      title={row.title}
      heading={<CaseTitle row={row} />}
      aside={`#${row.id}`}
      actions={
        <>
          <TrailLink type="case" id={row.id} />
          <DeleteCase row={row} />
        </>
      }
    >
      <div className={css.layout}>
        <CaseFacts row={row} />
        <div className={`${css.column} ${css.center}`}>
          <CaseDescription row={row} />
          <CaseArtifacts caseId={row.id} />
          <Suspense>
            <CaseActivity caseId={row.id} />
          </Suspense>
        </div>
        <div className={`${css.column} ${css.hosts}`}>
          <Suspense>
            <CaseTasks caseId={row.id} />
          </Suspense>
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
  const paths = usePaths()
  if (!useMay('cases:write')) return null
  return (
    <DeleteAction
      title={t('cases.delete.title', { id: row.id })}
      consequence={t('cases.delete.consequence')}
      confirm={t('cases.delete.confirm')}
      done={t('cases.delete.done', { id: row.id })}
      action={() => deleteCase(row.id)}
      leadsTo={paths.cases}
      touches={[keys.cases, keys.artifacts, keys.dashboard]}
    />
  )
}
