import '../../i18n/hosts'
import '../../i18n/hostWork'
import { Tabs } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { lazy, Suspense } from 'react'
import { useTranslation } from 'react-i18next'
import { useParams } from 'react-router'
import type { Host } from '../../api/models'
import { useMay } from '../../app/me'
import { TrailLink } from '../../app/TrailLink'
import { hostQuery } from '../../resources/hosts'
import { DetailPage } from '../../ui/DetailPage'
import { Page } from '../../ui/Page'
import { ScoreBadge } from '../../ui/SeverityBadge'
import { LoadingLines } from '../../ui/States'
import { useUrl } from '../../ui/useUrl'
import { HostActions } from './HostActions'
import { IsolationMark, Reach } from './HostState'
import css from './Hosts.module.css'
import { isChanging } from './isolation'

const OverviewTab = lazy(async () => ({ default: (await import('./OverviewTab')).OverviewTab }))
const TimelineTab = lazy(async () => ({ default: (await import('./TimelineTab')).TimelineTab }))
const ObservationsTab = lazy(async () => ({ default: (await import('./ObservationsTab')).ObservationsTab }))
const CasesTab = lazy(async () => ({ default: (await import('./CasesTab')).CasesTab }))
const CollectionsTab = lazy(async () => ({ default: (await import('./CollectionsTab')).CollectionsTab }))
const RunsTab = lazy(async () => ({ default: (await import('./RunsTab')).RunsTab }))

/** One host: what is known, what happened, what was observed, which cases name it. */
export function HostPage() {
  const id = Number(useParams().id)
  const query = useQuery({
    ...hostQuery(id),
    // The socket tells sooner; this is for what it misses.
    refetchInterval: ({ state }) => (state.data && isChanging(state.data) ? 5_000 : false),
  })
  return <DetailPage query={query}>{(host) => <HostDetail host={host} />}</DetailPage>
}

const tabs = ['overview', 'timeline', 'collections', 'observations', 'cases', 'runs'] as const
type TabName = (typeof tabs)[number]

/** What filters a tab's rows belongs to that tab alone. */
const ofTabs = ['kinds', 'q', 'source', 'source_id', 'field', 'value', 'time', 'range', 'from', 'to', 'sort']

function HostDetail({ host }: { host: Host }) {
  const { t } = useTranslation()
  const [params, change] = useUrl()
  const may = {
    collections: useMay('velociraptor:read'),
    observations: useMay('observations:read'),
    cases: useMay('cases:read'),
    runs: useMay('executions:read'),
  }
  const open = tabs.filter((tab) => !(tab in may) || may[tab as keyof typeof may])
  const tab = open.find((known) => known === params.get('tab')) ?? 'overview'
  return (
    <Page
      fill={tab === 'observations' || tab === 'collections'}
      title={host.hostname}
      aside={
        <span className={css.aside}>
          <ScoreBadge score={host.threat_score} />
          <Reach host={host} />
          <IsolationMark host={host} />
        </span>
      }
      actions={
        <>
          <TrailLink type="host" id={host.id} />
          <HostActions host={host} />
        </>
      }
    >
      <Tabs
        value={tab}
        onChange={(next) => change({ ...Object.fromEntries(ofTabs.map((name) => [name, null])), tab: next })}
        keepMounted={false}
        className={css.tabs}
      >
        <Tabs.List mb="md">
          {open.map((name) => (
            <Tabs.Tab key={name} value={name}>
              {t(`hosts.tabs.${name}`)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value={tab} className={css.tab}>
          <Suspense fallback={<LoadingLines lines={8} />}>
            <Shown tab={tab} host={host} />
          </Suspense>
        </Tabs.Panel>
      </Tabs>
    </Page>
  )
}

function Shown({ tab, host }: { tab: TabName; host: Host }) {
  switch (tab) {
    case 'timeline':
      return <TimelineTab hostId={host.id} />
    case 'collections':
      return <CollectionsTab host={host} />
    case 'observations':
      return <ObservationsTab hostId={host.id} />
    case 'cases':
      return <CasesTab hostId={host.id} />
    case 'runs':
      return <RunsTab hostId={host.id} />
    default:
      return <OverviewTab host={host} />
  }
}
