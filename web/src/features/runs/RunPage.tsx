import '../../i18n/runs'
import { Alert } from '@mantine/core'
import { IconCircleX } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { lazy, Suspense } from 'react'
import { useTranslation } from 'react-i18next'
import { Link, useParams } from 'react-router'
import type { Execution, Step } from '../../api/models'
import { usePaths } from '../../app/me'
import { stepsOf } from '../../documents/playbook'
import { useLive } from '../../live/state'
import { executionQuery, playbookQuery } from '../../resources/playbooks'
import { DetailPage } from '../../ui/DetailPage'
import { JsonView } from '../../ui/JsonView'
import { Page, Panel } from '../../ui/Page'
import { EmptyState, LoadingLines } from '../../ui/States'
import { StatusText, toneOf } from '../../ui/StatusText'
import { Elapsed, ExactTime } from '../../ui/TimeAgo'
import { useUrl } from '../../ui/useUrl'
import { atLeast, useWidth } from '../../ui/useWidth'
import { RunActions } from './RunActions'
import css from './Runs.module.css'
import { StepInspector } from './StepInspector'
import { isFinal, isStepDone } from './status'
import { Trace } from './Trace'

const StepGraph = lazy(async () => ({ default: (await import('./StepGraph')).StepGraph }))

/** One run: its steps as they happen, what went in and what came out. */
export function RunPage() {
  const id = Number(useParams().id)
  const live = useLive().status === 'live'
  const query = useQuery({
    ...executionQuery(id),
    // The socket tells; asking is for when it can't, and against a message that got lost.
    refetchInterval: ({ state }) => (state.data && isFinal(state.data.status) ? false : live ? 10_000 : 2_000),
  })
  return <DetailPage query={query}>{(run) => <RunDetail run={run} />}</DetailPage>
}

/** The step to look at when none was chosen: what failed, else what is going on. */
function telling(steps: Step[]): Step | undefined {
  return (
    steps.find((step) => step.status === 'failed') ??
    steps.find((step) => step.status === 'waiting' || step.status === 'running')
  )
}

function RunDetail({ run }: { run: Execution }) {
  const { t } = useTranslation()
  const [params, change] = useUrl()
  const playbook = useQuery(playbookQuery(run.playbook_id))
  const steps = run.steps ?? []
  const selected = steps.find((step) => step.key === params.get('step')) ?? telling(steps)
  const select = (key: string) => change({ step: key })
  const name = run.playbook_name ?? playbook.data?.name ?? t('runs.playbook', { id: run.playbook_id })
  const same = playbook.data?.version === run.playbook_version
  return (
    <Page
      fill={atLeast(useWidth(), 'lg')}
      title={`${name} · ${t('runs.run', { id: run.id })}`}
      heading={name}
      aside={t('runs.run', { id: run.id })}
      actions={<RunActions run={run} />}
    >
      <RunFacts run={run} />
      <Progress run={run} planned={same ? stepsOf(playbook.data?.actions).length : 0} />
      {run.error ? (
        <Alert color="red" variant="light" icon={<IconCircleX size={18} />} p="sm">
          {t('runs.failedBecause', { reason: run.error })}
        </Alert>
      ) : null}
      <div className={css.layout}>
        <div className={css.graph}>
          <Suspense fallback={<LoadingLines />}>
            {/* The layout needs every step: those of the playbook, or at least those that ran. */}
            {playbook.isPending ? (
              <LoadingLines />
            ) : (
              <StepGraph
                steps={steps}
                actions={same ? playbook.data?.actions : undefined}
                selected={selected?.key}
                onSelect={select}
              />
            )}
          </Suspense>
        </div>
        <div className={css.side}>
          <Panel title={t('runs.trace')}>
            {steps.length > 0 ? (
              <Trace steps={steps} selected={selected?.key} onSelect={select} />
            ) : (
              <EmptyState compact title={t('runs.noSteps')} hint={t('runs.noStepsHint')} />
            )}
          </Panel>
          <Panel title={selected ? selected.id : t('runs.inspector')}>
            {selected ? <StepInspector step={selected} /> : <p className={css.muted}>{t('runs.selectStep')}</p>}
          </Panel>
          {Object.keys(run.inputs ?? {}).length > 0 ? (
            <Panel title={t('runs.inputs')}>
              <JsonView value={run.inputs} label={t('runs.inputs')} />
            </Panel>
          ) : null}
        </div>
      </div>
    </Page>
  )
}

function RunFacts({ run }: { run: Execution }) {
  const { t } = useTranslation()
  const paths = usePaths()
  return (
    <div className={css.meta}>
      <span role="status">
        <StatusText status={run.status} />
      </span>
      <Link to={paths.playbook(run.playbook_id)}>{t('runs.version', { version: run.playbook_version })}</Link>
      <span>
        {t('runs.started')} <ExactTime at={run.started_at ?? run.created_at} />
      </span>
      <span>
        {t('runs.duration')} <Elapsed from={run.started_at} to={run.finished_at} />
      </span>
      {run.retry_of ? <Link to={paths.run(run.retry_of)}>{t('runs.retryOf', { id: run.retry_of })}</Link> : null}
    </div>
  )
}

/** How far the run is: steps that ended of all the steps there are. */
function Progress({ run, planned }: { run: Execution; planned: number }) {
  const { t } = useTranslation()
  const steps = run.steps ?? []
  const total = Math.max(planned, steps.length)
  if (total === 0) return null
  const done = steps.filter((step) => isStepDone(step.status)).length
  const tone = isFinal(run.status) ? toneOf(run.status) : 'running'
  return (
    <div
      className={css.progress}
      data-tone={tone}
      role="progressbar"
      aria-label={t('runs.progress', { done, total })}
      aria-valuemin={0}
      aria-valuemax={total}
      aria-valuenow={done}
    >
      <span style={{ width: `${(100 * done) / total}%` }} />
    </div>
  )
}
