import '../../i18n/indicators'
import { Button } from '@mantine/core'
import { IconBriefcase, IconPencil, IconThumbDown, IconThumbUp } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { lazy, Suspense, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link, useParams } from 'react-router'
import type { Artifact } from '../../api/models'
import { useMay, usePaths } from '../../app/me'
import { TrailLink } from '../../app/TrailLink'
import { artifactCasesQuery, artifactQuery, deleteArtifact } from '../../resources/artifacts'
import { keys } from '../../resources/keys'
import { ConfirmDialog } from '../../ui/ConfirmDialog'
import { DeleteAction } from '../../ui/DeleteAction'
import { DetailPage } from '../../ui/DetailPage'
import { Page, Panel } from '../../ui/Page'
import list from '../../ui/RowList.module.css'
import { EmptyState, ErrorState, LoadingLines } from '../../ui/States'
import { StatusText } from '../../ui/StatusText'
import { IndicatorFacts } from './IndicatorFacts'
import css from './Indicators.module.css'
import { Sightings } from './Sightings'
import { usePatchIndicator } from './usePatchIndicator'

const EditDialog = lazy(async () => ({ default: (await import('./EditDialog')).EditDialog }))

/** One indicator: what is known of it, where it was seen, which cases it belongs to. */
export function IndicatorPage() {
  const id = Number(useParams().id)
  return <DetailPage query={useQuery(artifactQuery(id))}>{(row) => <Indicator row={row} />}</DetailPage>
}

function Indicator({ row }: { row: Artifact }) {
  const { t } = useTranslation()
  const cases = useMay('cases:read')
  return (
    <Page
      title={row.value}
      aside={t(`indicators.types.${row.artifact_type}`)}
      actions={
        <>
          <TrailLink type="artifact" id={row.id} />
          <Actions row={row} />
        </>
      }
    >
      <div className={css.columns}>
        <Panel title={t('indicators.facts')}>
          <IndicatorFacts row={row} />
        </Panel>
        <div className={css.stack}>
          <Panel title={t('indicators.sightings.title')}>
            <Sightings id={row.id} />
          </Panel>
          {cases ? <Cases id={row.id} /> : null}
        </div>
      </div>
    </Page>
  )
}

function Actions({ row }: { row: Artifact }) {
  const { t } = useTranslation()
  const paths = usePaths()
  const [editing, setEditing] = useState(false)
  const work = useMay('indicators:write')
  if (!work) return null
  return (
    <>
      <FalsePositive row={row} />
      <Button size="sm" variant="default" leftSection={<IconPencil size={15} />} onClick={() => setEditing(true)}>
        {t('common.actions.edit')}
      </Button>
      <DeleteAction
        title={t('indicators.delete.title')}
        consequence={t('indicators.delete.consequence', { value: row.value })}
        confirm={t('indicators.delete.confirm')}
        done={t('indicators.delete.done')}
        action={() => deleteArtifact(row.id)}
        leadsTo={paths.indicators}
        touches={[keys.artifacts, keys.cases]}
      />
      <Suspense>{editing ? <EditDialog row={row} onClose={() => setEditing(false)} /> : null}</Suspense>
    </>
  )
}

/** Marks an indicator as none, with the reason, or takes that back. */
function FalsePositive({ row }: { row: Artifact }) {
  const { t } = useTranslation()
  const [asking, setAsking] = useState(false)
  const patch = usePatchIndicator(row.id)
  if (row.false_positive) {
    return (
      <Button
        size="sm"
        variant="default"
        leftSection={<IconThumbUp size={15} />}
        loading={patch.isPending}
        onClick={() => patch.mutate({ false_positive: false })}
      >
        {t('indicators.fp.unmark')}
      </Button>
    )
  }
  return (
    <>
      <Button size="sm" variant="default" leftSection={<IconThumbDown size={15} />} onClick={() => setAsking(true)}>
        {t('indicators.fp.mark')}
      </Button>
      <ConfirmDialog
        opened={asking}
        title={t('indicators.fp.title')}
        consequence={t('indicators.fp.consequence', { value: row.value })}
        confirm={t('indicators.fp.confirm')}
        reason={t('indicators.fp.reason')}
        pending={patch.isPending}
        error={patch.error}
        onConfirm={(reason) =>
          patch.mutate({ false_positive: true, fp_reason: reason }, { onSuccess: () => setAsking(false) })
        }
        onClose={() => setAsking(false)}
      />
    </>
  )
}

function Cases({ id }: { id: number }) {
  const { t } = useTranslation()
  const paths = usePaths()
  const query = useQuery(artifactCasesQuery(id))
  return (
    <Panel title={t('indicators.cases.title')}>
      {query.isPending ? <LoadingLines lines={2} /> : null}
      {query.error && !query.data ? <ErrorState error={query.error} retry={() => void query.refetch()} /> : null}
      {query.data?.rows.length === 0 ? (
        <EmptyState compact icon={IconBriefcase} title={t('indicators.cases.empty')} />
      ) : null}
      {query.data && query.data.rows.length > 0 ? (
        <ul className={list.list}>
          {query.data.rows.map((row) => (
            <li key={row.id}>
              <Link to={paths.case(row.id)} className={list.row}>
                <span className={css.muted}>{`#${row.id}`}</span>
                <span className={`${list.main} truncate`}>{row.title}</span>
                <StatusText status={row.status} />
              </Link>
            </li>
          ))}
        </ul>
      ) : null}
    </Panel>
  )
}
