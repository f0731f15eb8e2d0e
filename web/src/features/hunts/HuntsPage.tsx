import '../../i18n/hunts'
import { Button, SegmentedControl } from '@mantine/core'
import { IconPlus, IconTargetArrow } from '@tabler/icons-react'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { Link, useNavigate } from 'react-router'
import { useMay, usePaths } from '../../app/me'
import { huntsQuery } from '../../resources/hunts'
import { DataGrid } from '../../ui/DataGrid/DataGrid'
import { FilterBar } from '../../ui/FilterBar'
import { NotConnected, useNotConnected } from '../../ui/NotConnected'
import { Page } from '../../ui/Page'
import { SearchField } from '../../ui/SearchField'
import { EmptyState, ErrorState, StaleNotice } from '../../ui/States'
import { useShortcuts } from '../../ui/shortcuts'
import { useRows } from '../../ui/useRows'
import { useUrl } from '../../ui/useUrl'
import { useHuntColumns } from './columns'
import { filterNames, filterOf, sortOf } from './filters'
import { isUnderWay, statuses } from './state'

const pollEvery = 10_000

/** Every hunt of the tenant, newest first. */
export function HuntsPage() {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const paths = usePaths()
  const [params, change] = useUrl()
  const start = useMay('hunts:start')
  const query = useInfiniteQuery({
    ...huntsQuery(filterOf(params)),
    // The socket tells sooner; this is for what it misses.
    refetchInterval: ({ state }) => (state.data?.pages.some((page) => page.rows.some(isUnderWay)) ? pollEvery : false),
  })
  const list = useRows(query)
  const columns = useHuntColumns()
  const retry = () => void query.refetch()
  useShortcuts(start ? { n: () => void navigate(paths.newHunt) } : {})
  return (
    <Page
      fill
      title={t('hunts.title')}
      aside={query.data ? t('hunts.count', { count: list.total }) : null}
      actions={start ? <NewButton /> : null}
    >
      <Filters />
      {query.error && query.data ? (
        <StaleNotice error={query.error} updatedAt={query.dataUpdatedAt} retry={retry} />
      ) : null}
      {query.error && !query.data ? (
        <ErrorState error={query.error} retry={retry} />
      ) : (
        <DataGrid
          label={t('hunts.title')}
          columns={columns}
          {...list}
          rowKey={(row) => row.id}
          sort={sortOf(params)}
          onSort={(sort) => change({ sort })}
          onOpen={(row) => void navigate(paths.hunt(row.id))}
          empty={<Empty />}
        />
      )}
    </Page>
  )
}

function NewButton() {
  const { t } = useTranslation()
  const paths = usePaths()
  return (
    <Button size="sm" component={Link} to={paths.newHunt} leftSection={<IconPlus size={15} />} aria-keyshortcuts="n">
      {t('hunts.new')}
    </Button>
  )
}

function Filters() {
  const { t } = useTranslation()
  const [params, change] = useUrl()
  return (
    <FilterBar>
      <SearchField primary label={t('hunts.filter.q')} value={params.get('q') ?? ''} onChange={(q) => change({ q })} />
      <SearchField
        width={240}
        label={t('hunts.filter.artifact')}
        value={params.get('artifact') ?? ''}
        onChange={(artifact) => change({ artifact })}
      />
      <SegmentedControl
        size="xs"
        aria-label={t('hunts.filter.status')}
        value={params.get('status') ?? ''}
        onChange={(status) => change({ status })}
        data={[
          { value: '', label: t('hunts.filter.all') },
          ...statuses.map((status) => ({ value: status, label: t(`common.status.${status}`) })),
        ]}
      />
    </FilterBar>
  )
}

function Empty() {
  const { t } = useTranslation()
  const [params, change] = useUrl()
  const start = useMay('hunts:start')
  const alone = useNotConnected()
  if (filterNames.some((name) => params.has(name))) {
    return (
      <EmptyState
        title={t('common.grid.noMatch')}
        hint={t('common.grid.noMatchHint')}
        action={
          <Button variant="default" onClick={() => change(Object.fromEntries(filterNames.map((name) => [name, null])))}>
            {t('common.grid.clearFilters')}
          </Button>
        }
      />
    )
  }
  if (alone) return <NotConnected />
  return (
    <EmptyState
      icon={IconTargetArrow}
      title={t('hunts.empty')}
      hint={t(start ? 'hunts.emptyHint' : 'hunts.emptyReader')}
      action={start ? <First /> : undefined}
    />
  )
}

/** Hunts that most people begin with: artifacts that every Velociraptor server has. */
const usual = {
  processes: 'artifact=Windows.System.Pslist&os=windows',
  connections: 'artifact=Windows.Network.NetstatEnriched&os=windows',
  linux: 'artifact=Linux.Sys.Pslist&os=linux',
} as const

function First() {
  const { t } = useTranslation()
  const paths = usePaths()
  return (
    <>
      <NewButton />
      {(Object.keys(usual) as (keyof typeof usual)[]).map((name) => (
        <Button key={name} variant="default" size="sm" component={Link} to={`${paths.newHunt}?${usual[name]}`}>
          {t(`hunts.usual.${name}`)}
        </Button>
      ))}
    </>
  )
}
