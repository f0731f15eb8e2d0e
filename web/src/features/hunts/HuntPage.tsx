import '../../i18n/hunts'
import { Alert, Tabs } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { lazy, Suspense } from 'react'
import { useTranslation } from 'react-i18next'
import { useParams } from 'react-router'
import type { Hunt } from '../../api/models'
import { TrailLink } from '../../app/TrailLink'
import { huntQuery } from '../../resources/hunts'
import { DetailPage } from '../../ui/DetailPage'
import { Page, Panel } from '../../ui/Page'
import { LoadingLines } from '../../ui/States'
import { StatusText } from '../../ui/StatusText'
import { useUrl } from '../../ui/useUrl'
import { HuntProgress } from './HuntProgress'
import { isUnderWay } from './state'

// The rows come first: what is done with the hunt is fetched beside them.
const HuntActions = lazy(async () => ({ default: (await import('./HuntActions')).HuntActions }))
const ResultsTab = lazy(async () => ({ default: (await import('./ResultsTab')).ResultsTab }))
const HostsTab = lazy(async () => ({ default: (await import('./HostsTab')).HostsTab }))
const ErrorsTab = lazy(async () => ({ default: (await import('./ErrorsTab')).ErrorsTab }))
const AboutTab = lazy(async () => ({ default: (await import('./AboutTab')).AboutTab }))

const tabs = { results: ResultsTab, hosts: HostsTab, errors: ErrorsTab, about: AboutTab }
type TabName = keyof typeof tabs

const pollEvery = 5_000

/** One hunt: how far it is, its rows as they come, its hosts and what went wrong on them. */
export function HuntPage() {
  const id = Number(useParams().id)
  const query = useQuery({
    ...huntQuery(id),
    // The socket tells sooner; this is for what it misses.
    refetchInterval: ({ state }) => (state.data && isUnderWay(state.data) ? pollEvery : false),
  })
  return <DetailPage query={query}>{(hunt) => <HuntDetail key={hunt.id} hunt={hunt} />}</DetailPage>
}

function HuntDetail({ hunt }: { hunt: Hunt }) {
  const { t } = useTranslation()
  const [params, change] = useUrl()
  const tab = (Object.keys(tabs) as TabName[]).find((name) => name === params.get('tab')) ?? 'results'
  const Content = tabs[tab]
  const labels = {
    results: t('hunts.tabs.results', { count: hunt.rows }),
    hosts: t('hunts.tabs.hosts', { count: hunt.scheduled }),
    errors: t('hunts.tabs.errors', { count: hunt.errors }),
    about: t('hunts.tabs.about'),
  }
  return (
    <Page
      fill={tab === 'results' || tab === 'hosts'}
      title={hunt.description}
      aside={<StatusText status={hunt.status} />}
      actions={
        <>
          <TrailLink type="hunt" id={hunt.id} />
          <Suspense>
            <HuntActions hunt={hunt} />
          </Suspense>
        </>
      }
    >
      <Notice hunt={hunt} />
      <Panel>
        <HuntProgress hunt={hunt} />
      </Panel>
      <Tabs value={tab} onChange={(next) => change({ tab: next === 'results' ? null : next, q: null })}>
        <Tabs.List>
          {(Object.keys(tabs) as TabName[]).map((name) => (
            <Tabs.Tab key={name} value={name}>
              {labels[name]}
            </Tabs.Tab>
          ))}
        </Tabs.List>
      </Tabs>
      <Suspense fallback={<LoadingLines lines={6} />}>
        <Content hunt={hunt} />
      </Suspense>
    </Page>
  )
}

/** Why it does not go on, or did not go well. */
function Notice({ hunt }: { hunt: Hunt }) {
  const { t } = useTranslation()
  if (hunt.status === 'failed') {
    return (
      <Alert color="red" variant="light" title={t('hunts.failed')}>
        {hunt.error}
      </Alert>
    )
  }
  if (hunt.paused && hunt.status === 'waiting') {
    return (
      <Alert color="orange" variant="light">
        {t('hunts.kept')}
      </Alert>
    )
  }
  if (!isUnderWay(hunt) || !hunt.error) return null
  return (
    <Alert color="orange" variant="light" title={t('hunts.waits')}>
      {hunt.error}
    </Alert>
  )
}
