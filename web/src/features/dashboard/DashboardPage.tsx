import '../../i18n/runs'
import '../../i18n/dashboard'
import { Skeleton } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { lazy, Suspense } from 'react'
import { useTranslation } from 'react-i18next'
import type { Dashboard } from '../../api/models'
import { dashboardQuery } from '../../resources/dashboard'
import { Page } from '../../ui/Page'
import { ErrorState, StaleNotice } from '../../ui/States'
import states from '../../ui/States.module.css'
import { CasesBySeverity, HostsByBand } from './Breakdowns'
import css from './Dashboard.module.css'
import { Kpis } from './Kpis'
import { NeedsYou } from './NeedsYou'
import { RecentRuns, TopHosts } from './TopLists'

const Begin = lazy(async () => ({ default: (await import('./Begin')).Begin }))

/** What needs me now? */
export function DashboardPage() {
  const { t } = useTranslation()
  const query = useQuery(dashboardQuery)
  const retry = () => void query.refetch()
  return (
    <Page title={t('dashboard.title')}>
      {query.data && query.error ? (
        <StaleNotice error={query.error} updatedAt={query.dataUpdatedAt} retry={retry} />
      ) : null}
      {query.data ? <Content data={query.data} /> : null}
      {!query.data && query.error ? <ErrorState error={query.error} retry={retry} /> : null}
      {query.isPending ? <Loading /> : null}
    </Page>
  )
}

function Content({ data }: { data: Dashboard }) {
  return (
    <>
      <Suspense>{data.connected ? null : <Begin />}</Suspense>
      <NeedsYou needs={data.needs_you} />
      <Kpis data={data} />
      <div className={css.columns}>
        <HostsByBand hosts={data.hosts} />
        <CasesBySeverity cases={data.cases} />
        <TopHosts hosts={data.top_hosts ?? []} known={data.hosts.total} />
        <RecentRuns runs={data.recent_executions ?? []} />
      </div>
    </>
  )
}

function Loading() {
  return (
    <div className={`${css.kpis} ${states.late}`} aria-hidden>
      {['hosts', 'cases', 'runs', 'risk'].map((name) => (
        <Skeleton key={name} className={css.skeleton} />
      ))}
    </div>
  )
}
