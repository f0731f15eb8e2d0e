import { ActionIcon } from '@mantine/core'
import { IconFingerprint, IconTrash } from '@tabler/icons-react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { ParseKeys } from 'i18next'
import { useTranslation } from 'react-i18next'
import type { Page } from '../../api/call'
import type { Artifact } from '../../api/models'
import { useMay } from '../../app/me'
import { caseArtifactsQuery, deleteArtifact } from '../../resources/cases'
import { keys } from '../../resources/keys'
import { CopyText } from '../../ui/CopyText'
import { useErrorText } from '../../ui/errors'
import { Panel } from '../../ui/Page'
import { EmptyState, ErrorState, LoadingLines } from '../../ui/States'
import { toastDone, toastFailed } from '../../ui/toast'
import { useRefresh } from '../../ui/useRows'
import { AddArtifact } from './AddArtifact'
import css from './Cases.module.css'

/** The indicators of a case, and the line that adds one. */
export function CaseArtifacts({ caseId }: { caseId: number }) {
  const { t } = useTranslation()
  const work = useMay('indicators:write')
  const query = useQuery(caseArtifactsQuery(caseId))
  return (
    <Panel title={t('cases.artifacts.title')}>
      {query.isPending ? <LoadingLines lines={3} /> : null}
      {query.error && !query.data ? <ErrorState error={query.error} retry={() => void query.refetch()} /> : null}
      {query.data && query.data.rows.length > 0 ? <Table caseId={caseId} rows={query.data.rows} /> : null}
      {query.data?.rows.length === 0 ? (
        <EmptyState
          compact
          icon={IconFingerprint}
          title={t('cases.artifacts.empty')}
          hint={t('cases.artifacts.emptyHint')}
        />
      ) : null}
      {work ? <AddArtifact caseId={caseId} /> : null}
    </Panel>
  )
}

function Table({ caseId, rows }: { caseId: number; rows: Artifact[] }) {
  const { t } = useTranslation()
  const work = useMay('indicators:write')
  const remove = useRemove(caseId)
  return (
    <div className={css.tableScroll}>
      <table className={css.table}>
        <thead>
          <tr>
            <th scope="col" className={css.typeColumn}>
              {t('cases.artifacts.type')}
            </th>
            <th scope="col">{t('cases.artifacts.value')}</th>
            <th scope="col" className={css.noteColumn}>
              {t('cases.artifacts.note')}
            </th>
            {work ? (
              <th scope="col" className={css.actionColumn}>
                <span className="visually-hidden">{t('common.actions.remove')}</span>
              </th>
            ) : null}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.id}>
              <td>{t(`cases.artifacts.types.${row.artifact_type}` as ParseKeys) as string}</td>
              <td>
                <CopyText value={row.value} />
              </td>
              <td>{row.description}</td>
              {work ? (
                <td>
                  <ActionIcon
                    onClick={() => remove.mutate(row)}
                    title={t('common.actions.remove')}
                    aria-label={t('cases.artifacts.remove', { value: row.value })}
                  >
                    <IconTrash size={15} />
                  </ActionIcon>
                </td>
              ) : null}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

/** Takes an indicator off the list once the server has. */
function useRemove(caseId: number) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const refresh = useRefresh()
  const text = useErrorText()
  return useMutation({
    mutationFn: (row: Artifact) => deleteArtifact(row.id),
    onSuccess: (_nothing, row) => {
      client.setQueryData<Page<Artifact>>(
        caseArtifactsQuery(caseId).queryKey,
        (page) => page && { ...page, rows: page.rows.filter((other) => other.id !== row.id), total: page.total - 1 },
      )
      void refresh(keys.artifacts)
      toastDone(t('cases.artifacts.removed'))
    },
    onError: (error) => toastFailed(text(error)),
  })
}
