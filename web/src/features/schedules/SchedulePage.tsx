import '../../i18n/hunts'
import '../../i18n/schedules'
import { Button } from '@mantine/core'
import { IconPencil, IconPlayerPause, IconPlayerPlay, IconPlayerTrackNext } from '@tabler/icons-react'
import { useInfiniteQuery, useMutation, useQuery } from '@tanstack/react-query'
import { lazy, Suspense } from 'react'
import { useTranslation } from 'react-i18next'
import { Link, useParams } from 'react-router'
import type { Schedule } from '../../api/models'
import { useMay, usePaths } from '../../app/me'
import { TrailLink } from '../../app/TrailLink'
import { keys } from '../../resources/keys'
import {
  deleteSchedule,
  pauseSchedule,
  resumeSchedule,
  scheduleQuery,
  scheduleRunsQuery,
  triggerSchedule,
} from '../../resources/schedules'
import { DeleteAction } from '../../ui/DeleteAction'
import { DetailPage } from '../../ui/DetailPage'
import { useErrorText } from '../../ui/errors'
import { Beside, Facts, Page, Panel } from '../../ui/Page'
import { Heads, ScrollTable } from '../../ui/ScrollTable'
import { EmptyState, ErrorState, LoadingLines } from '../../ui/States'
import { StatusText } from '../../ui/StatusText'
import { ExactTime } from '../../ui/TimeAgo'
import { toastDone, toastFailed } from '../../ui/toast'
import { useRefresh, useRows } from '../../ui/useRows'
import { NextRuns } from './NextRuns'
import { useCadenceWords } from './words'

const Differences = lazy(async () => ({ default: (await import('./Differences')).Differences }))

const pollEvery = 15_000

/** One schedule: when it runs next, what its runs were, and what changed between two of them. */
export function SchedulePage() {
  const query = useQuery({ ...scheduleQuery(Number(useParams().id)), refetchInterval: pollEvery })
  return <DetailPage query={query}>{(row) => <ScheduleDetail key={row.id} row={row} />}</DetailPage>
}

function ScheduleDetail({ row }: { row: Schedule }) {
  const { t } = useTranslation()
  return (
    <Page
      title={row.name}
      aside={<StatusText status={row.paused ? 'paused' : 'active'} />}
      actions={
        <>
          <TrailLink type="schedule" id={row.id} />
          <Actions row={row} />
        </>
      }
    >
      <Beside facts={<ScheduleFacts row={row} />}>
        <Panel title={t('schedules.form.next')}>
          {row.next_runs.length === 0 ? (
            <EmptyState compact title={t('schedules.noNext')} />
          ) : (
            <NextRuns runs={row.next_runs} zone={row.timezone || 'UTC'} />
          )}
        </Panel>
        <Runs row={row} />
        <Suspense>
          <Differences row={row} />
        </Suspense>
      </Beside>
    </Page>
  )
}

function ScheduleFacts({ row }: { row: Schedule }) {
  const { t } = useTranslation()
  const words = useCadenceWords()
  return (
    <Panel title={t('schedules.facts')}>
      <Facts
        facts={[
          [t('schedules.column.cadence'), words(row)],
          [
            t('hunts.column.artifacts'),
            <span key="a" className="mono">
              {row.hunt.artifacts.join(', ')}
            </span>,
          ],
          [t('schedules.owner'), row.owner || t('common.notSet')],
          [t('schedules.overlap'), t(`schedules.form.overlaps.${row.overlap}`)],
          ...(row.jitter_seconds > 0 ? [[t('schedules.form.jitter'), row.jitter_seconds] as [string, number]] : []),
          [t('schedules.form.note'), row.note || t('common.notSet')],
        ]}
      />
    </Panel>
  )
}

function Actions({ row }: { row: Schedule }) {
  const { t } = useTranslation()
  const paths = usePaths()
  const refresh = useRefresh()
  const text = useErrorText()
  const act = useMutation({
    mutationFn: async (what: 'pause' | 'resume' | 'trigger') => {
      await { pause: pauseSchedule, resume: resumeSchedule, trigger: triggerSchedule }[what](row.id)
    },
    onSuccess: (_, what) => {
      if (what === 'trigger') toastDone(t('schedules.act.triggered'))
      void refresh(keys.schedules, keys.hunts)
    },
    onError: (error) => toastFailed(text(error)),
  })
  if (!useMay('hunts:start')) return null
  const turn = row.paused ? 'resume' : 'pause'
  const Turn = row.paused ? IconPlayerPlay : IconPlayerPause
  return (
    <>
      <Button
        size="sm"
        variant="default"
        leftSection={<IconPlayerTrackNext size={15} />}
        loading={act.isPending && act.variables === 'trigger'}
        onClick={() => act.mutate('trigger')}
      >
        {t('schedules.act.trigger')}
      </Button>
      <Button
        size="sm"
        variant="default"
        leftSection={<Turn size={15} />}
        loading={act.isPending && act.variables === turn}
        onClick={() => act.mutate(turn)}
      >
        {t(`schedules.act.${turn}`)}
      </Button>
      <Button
        size="sm"
        variant="default"
        component={Link}
        to={paths.editSchedule(row.id)}
        leftSection={<IconPencil size={15} />}
      >
        {t('common.actions.edit')}
      </Button>
      <DeleteAction
        title={t('schedules.act.delete')}
        consequence={t('schedules.act.deleteConsequence')}
        confirm={t('schedules.act.delete')}
        action={() => deleteSchedule(row.id)}
        done={t('schedules.act.deleted')}
        leadsTo={paths.schedules}
        touches={[keys.schedules]}
      />
    </>
  )
}

function Runs({ row }: { row: Schedule }) {
  const { t } = useTranslation()
  const paths = usePaths()
  const query = useInfiniteQuery({ ...scheduleRunsQuery(row.id), refetchInterval: pollEvery })
  const { rows, loading, loadingMore, loadMore } = useRows(query)
  return (
    <Panel title={t('schedules.runs.title')}>
      {loading ? <LoadingLines lines={3} /> : null}
      {query.error && !query.data ? <ErrorState error={query.error} retry={() => void query.refetch()} /> : null}
      {query.data && rows.length === 0 ? <EmptyState compact title={t('schedules.runs.none')} /> : null}
      {rows.length > 0 ? (
        <ScrollTable
          label={t('schedules.runs.title')}
          head={
            <Heads
              names={[
                t('schedules.runs.at'),
                t('hunts.column.status'),
                t('schedules.runs.hosts'),
                t('hunts.column.errors'),
                t('hunts.column.rows'),
                t('schedules.runs.fresh'),
              ]}
            />
          }
          foot={
            query.hasNextPage ? (
              <Button variant="subtle" size="compact-sm" loading={loadingMore} onClick={loadMore}>
                {t('hunts.more')}
              </Button>
            ) : null
          }
        >
          {rows.map((run) => (
            <tr key={run.id}>
              <td style={{ whiteSpace: 'nowrap' }}>
                {run.hunt_id === null ? (
                  <ExactTime at={run.scheduled_at} />
                ) : (
                  <Link to={paths.hunt(run.hunt_id)}>
                    <ExactTime at={run.scheduled_at} />
                  </Link>
                )}
                {run.by_hand ? ` ${t('schedules.runs.byHand')}` : null}
              </td>
              <td>
                <StatusText status={run.status === 'started' ? 'running' : run.status} />
                {run.error ? <div>{run.error}</div> : null}
              </td>
              <td>{t('hunts.number', { count: run.hosts })}</td>
              <td>{t('hunts.number', { count: run.errors })}</td>
              <td>{t('hunts.number', { count: run.rows })}</td>
              <td>{t('hunts.number', { count: run.rows_new })}</td>
            </tr>
          ))}
        </ScrollTable>
      ) : null}
    </Panel>
  )
}
