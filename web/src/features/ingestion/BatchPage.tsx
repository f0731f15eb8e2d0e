import '../../i18n/ingestion'
import { Alert, Button, Progress } from '@mantine/core'
import { IconPlayerPlay, IconPlayerStop } from '@tabler/icons-react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link, useParams } from 'react-router'
import type { Batch } from '../../api/models'
import { useMay, usePaths } from '../../app/me'
import { usePreferences } from '../../app/preferences'
import { TrailLink } from '../../app/TrailLink'
import { batchQuery, cancelBatch, retryBatch } from '../../resources/ingestion'
import { keys } from '../../resources/keys'
import { bytes } from '../../ui/bytes'
import { ConfirmDialog } from '../../ui/ConfirmDialog'
import { DetailPage } from '../../ui/DetailPage'
import { useErrorText } from '../../ui/errors'
import { Beside, Facts, Page, Panel } from '../../ui/Page'
import { StatusText } from '../../ui/StatusText'
import { Tiles } from '../../ui/Tiles'
import { Elapsed, ExactTime } from '../../ui/TimeAgo'
import { intlLanguage } from '../../ui/time'
import { toastFailed } from '../../ui/toast'
import { BatchErrors } from './BatchErrors'
import css from './Ingestion.module.css'
import { canCancel, canRetry, isCutOff, isUnderWay } from './state'

const pollEvery = 5_000

/** One batch: how far it is, what came of it, and the lines that were refused. */
export function BatchPage() {
  const id = Number(useParams().id)
  const query = useQuery({
    ...batchQuery(id),
    // The socket tells sooner; this is for what it misses.
    refetchInterval: ({ state }) => (state.data && isUnderWay(state.data) ? pollEvery : false),
  })
  return <DetailPage query={query}>{(row) => <BatchDetail row={row} />}</DetailPage>
}

function BatchDetail({ row }: { row: Batch }) {
  const { t } = useTranslation()
  return (
    <Page
      title={row.filename || t('ingestion.unnamed', { id: row.id })}
      aside={<StatusText status={row.status} />}
      actions={
        <>
          <TrailLink type="batch" id={row.id} />
          <Actions row={row} />
        </>
      }
    >
      <Way row={row} />
      <Failure row={row} />
      <Outcome row={row} />
      <Beside facts={<BatchFacts row={row} />}>
        <BatchErrors row={row} />
      </Beside>
    </Page>
  )
}

/** How far it is, in a bar and in words. */
function Way({ row }: { row: Batch }) {
  const { t } = useTranslation()
  if (!isUnderWay(row)) return null
  return (
    <Panel>
      <Progress
        value={row.progress * 100}
        color="var(--vc-running)"
        aria-label={t('ingestion.progressOf', { name: row.filename })}
      />
      <span className={css.muted} role="status">
        {t(`ingestion.phase.${row.phase}`, { percent: Math.floor(row.progress * 100), count: row.lines })}
      </span>
    </Panel>
  )
}

function Failure({ row }: { row: Batch }) {
  const { t } = useTranslation()
  const paths = usePaths()
  if (row.status !== 'failed') return null
  return (
    <Alert color="red" variant="light" title={t('ingestion.failed')}>
      {isCutOff(row) ? (
        <>
          {t('ingestion.cutOff')} <Link to={paths.ingestion}>{t('ingestion.sendAgain')}</Link>
        </>
      ) : (
        row.error
      )}
    </Alert>
  )
}

const tiles = ['lines', 'accepted', 'rejected', 'rows_new', 'hosts_created', 'hosts_updated', 'indicators'] as const

/** What came of it, in numbers. */
function Outcome({ row }: { row: Batch }) {
  const { t } = useTranslation()
  return (
    <Tiles
      tiles={tiles.map((name) => ({
        name: t(`ingestion.tile.${name}`),
        value: t('ingestion.number', { count: row[name] }),
        bad: name === 'rejected' && row.rejected > 0,
      }))}
    />
  )
}

function BatchFacts({ row }: { row: Batch }) {
  const { t } = useTranslation()
  const { language } = usePreferences()
  return (
    <Panel title={t('ingestion.facts')}>
      <Facts
        facts={[
          [t('ingestion.column.source'), row.source || t('ingestion.noSource')],
          [t('ingestion.options.format'), t(`ingestion.formats.${row.format}`)],
          [t('ingestion.size'), bytes(row.bytes, intlLanguage(language))],
          [t('ingestion.rowsAll'), t('ingestion.number', { count: row.rows })],
          [t('ingestion.column.created'), <ExactTime key="created" at={row.created_at} />],
          [t('ingestion.finished'), <ExactTime key="finished" at={row.finished_at} />],
          [t('ingestion.took'), <Elapsed key="took" from={row.created_at} to={row.finished_at} />],
        ]}
      />
      {row.rows > row.rows_new && !isUnderWay(row) ? (
        <p className={css.muted}>{t('ingestion.knownRows', { count: row.rows - row.rows_new })}</p>
      ) : null}
    </Panel>
  )
}

function Actions({ row }: { row: Batch }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const text = useErrorText()
  const [asking, setAsking] = useState(false)
  const done = (after: Batch) => {
    setAsking(false)
    client.setQueryData(batchQuery(row.id).queryKey, after)
    void client.invalidateQueries({ queryKey: [keys.batches] })
  }
  const cancel = useMutation({ mutationFn: () => cancelBatch(row.id), onSuccess: done })
  const retry = useMutation({
    mutationFn: () => retryBatch(row.id),
    onSuccess: done,
    onError: (error) => toastFailed(text(error)),
  })
  if (!useMay('ingestion:write')) return null
  return (
    <>
      {canCancel(row) ? (
        <Button size="sm" variant="default" leftSection={<IconPlayerStop size={15} />} onClick={() => setAsking(true)}>
          {t('ingestion.cancel.open')}
        </Button>
      ) : null}
      {canRetry(row) ? (
        <Button
          size="sm"
          variant="default"
          leftSection={<IconPlayerPlay size={15} />}
          loading={retry.isPending}
          onClick={() => retry.mutate()}
        >
          {t('ingestion.retry')}
        </Button>
      ) : null}
      <ConfirmDialog
        opened={asking}
        title={t('ingestion.cancel.title')}
        consequence={t('ingestion.cancel.consequence')}
        confirm={t('ingestion.cancel.confirm')}
        pending={cancel.isPending}
        error={cancel.error}
        onConfirm={() => cancel.mutate()}
        onClose={() => setAsking(false)}
      />
    </>
  )
}
