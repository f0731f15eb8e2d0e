import '../../i18n/indicators'
import { ActionIcon, Button } from '@mantine/core'
import { IconClipboardText, IconFingerprint, IconX } from '@tabler/icons-react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { lazy, Suspense } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import type { Page } from '../../api/call'
import type { Artifact } from '../../api/models'
import { useMay, usePaths } from '../../app/me'
import { caseArtifactsQuery, removeCaseArtifact } from '../../resources/cases'
import { keys } from '../../resources/keys'
import { CopyText } from '../../ui/CopyText'
import { useErrorText } from '../../ui/errors'
import { Panel } from '../../ui/Page'
import { Heads, ScrollTable } from '../../ui/ScrollTable'
import { EmptyState, ErrorState, LoadingLines } from '../../ui/States'
import { TlpBadge } from '../../ui/TlpBadge'
import { toastDone, toastFailed } from '../../ui/toast'
import { useRefresh } from '../../ui/useRows'
import { useUrl } from '../../ui/useUrl'
import { StateMark } from '../indicators/StateMark'
import css from './Cases.module.css'

// The rows come first: what adds to them is fetched beside them.
const AddArtifact = lazy(async () => ({ default: (await import('./AddArtifact')).AddArtifact }))
const PasteDialog = lazy(async () => ({ default: (await import('../indicators/PasteDialog')).PasteDialog }))

/** The indicators of a case, the line that adds one, and the text that adds many. */
export function CaseArtifacts({ caseId }: { caseId: number }) {
  const { t } = useTranslation()
  const work = useMay('indicators:write')
  const [params, change] = useUrl()
  const query = useQuery(caseArtifactsQuery(caseId))
  return (
    <Panel
      title={t('cases.artifacts.title')}
      actions={
        work ? (
          <Button
            size="compact-sm"
            variant="default"
            leftSection={<IconClipboardText size={14} />}
            onClick={() => change({ new: 'paste' })}
          >
            {t('indicators.paste.open')}
          </Button>
        ) : null
      }
    >
      {query.isPending ? <LoadingLines lines={3} /> : null}
      {query.error && !query.data ? <ErrorState error={query.error} retry={() => void query.refetch()} /> : null}
      {query.data && query.data.rows.length > 0 ? <Table caseId={caseId} page={query.data} /> : null}
      {query.data?.rows.length === 0 ? (
        <EmptyState
          compact
          icon={IconFingerprint}
          title={t('cases.artifacts.empty')}
          hint={t('cases.artifacts.emptyHint')}
        />
      ) : null}
      <Suspense>
        {work ? <AddArtifact caseId={caseId} /> : null}
        {work && params.get('new') === 'paste' ? (
          <PasteDialog caseId={caseId} onClose={() => change({ new: null })} />
        ) : null}
      </Suspense>
    </Panel>
  )
}

function Table({ caseId, page }: { caseId: number; page: Page<Artifact> }) {
  const { t } = useTranslation()
  const paths = usePaths()
  const work = useMay('cases:write')
  const unlink = useUnlink(caseId)
  return (
    <ScrollTable
      label={t('cases.artifacts.title')}
      head={
        <>
          <Heads
            names={[
              t('cases.artifacts.value'),
              t('cases.artifacts.type'),
              t('indicators.column.tlp'),
              t('indicators.column.hosts'),
              t('cases.artifacts.note'),
            ]}
          />
          {work ? (
            <th scope="col">
              <span className="visually-hidden">{t('common.actions.remove')}</span>
            </th>
          ) : null}
        </>
      }
      foot={
        page.total > page.rows.length ? (
          <Link to={`${paths.indicators}?case=${caseId}`}>{t('cases.artifacts.all', { count: page.total })}</Link>
        ) : null
      }
    >
      {page.rows.map((row) => (
        <tr key={row.id}>
          <td>
            <span className={css.artifactLine}>
              <CopyText value={row.value} />
              <StateMark row={row} />
            </span>
          </td>
          <td>
            <Link to={paths.indicator(row.id)}>{t(`indicators.types.${row.artifact_type}`)}</Link>
          </td>
          <td>
            <TlpBadge tlp={row.tlp} />
          </td>
          <td>{t('indicators.number', { count: row.hosts })}</td>
          <td>{row.description}</td>
          {work ? (
            <td>
              <ActionIcon
                size="sm"
                onClick={() => unlink.mutate(row)}
                title={t('common.actions.remove')}
                aria-label={t('cases.artifacts.unlink', { value: row.value })}
              >
                <IconX size={15} />
              </ActionIcon>
            </td>
          ) : null}
        </tr>
      ))}
    </ScrollTable>
  )
}

/** Takes an indicator off the case once the server has. */
function useUnlink(caseId: number) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const refresh = useRefresh()
  const text = useErrorText()
  return useMutation({
    mutationFn: (row: Artifact) => removeCaseArtifact(caseId, row.id),
    onSuccess: (_nothing, row) => {
      client.setQueryData<Page<Artifact>>(
        caseArtifactsQuery(caseId).queryKey,
        (page) => page && { ...page, rows: page.rows.filter((other) => other.id !== row.id), total: page.total - 1 },
      )
      void refresh(keys.artifacts)
      toastDone(t('cases.artifacts.unlinked'))
    },
    onError: (error) => toastFailed(text(error)),
  })
}
