import '../../i18n/hosts'
import { Button } from '@mantine/core'
import { IconColumns3, IconPlus } from '@tabler/icons-react'
import { useInfiniteQuery } from '@tanstack/react-query'
import { type ComponentProps, lazy, Suspense, useCallback, useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { Host } from '../../api/models'
import { useMay } from '../../app/me'
import { hostsQuery } from '../../resources/hosts'
import { BulkArea } from '../../ui/BulkBar/BulkArea'
import { useSelection } from '../../ui/DataGrid/selection'
import { FilterSpace } from '../../ui/FilterBar'
import { Page } from '../../ui/Page'
import { ErrorState, StaleNotice } from '../../ui/States'
import { useShortcuts } from '../../ui/shortcuts'
import { useRows } from '../../ui/useRows'
import { useUrl } from '../../ui/useUrl'
import { ViewsSpace } from '../../ui/Views/ViewsSpace'
import { useHostColumns } from './columns'
import { filterKey, filterOf, hiddenIn } from './filters'
import { HostGrid } from './HostGrid'

// A thin wrapper keeps the type of the rows, which lazy would lose.
const ColumnChooser = lazy(async () => {
  const { ColumnChooser: Chooser } = await import('../../ui/DataGrid/ColumnChooser')
  return { default: (props: ComponentProps<typeof Chooser<Host>>) => <Chooser {...props} /> }
})
// The rows come first: what narrows them, and what is done with them, is fetched beside them.
const HostFilters = lazy(async () => ({ default: (await import('./HostFilters')).HostFilters }))
const HostBulkBar = lazy(async () => ({ default: (await import('./HostBulkBar')).HostBulkBar }))
const ViewsMenu = lazy(async () => ({ default: (await import('../../ui/Views/ViewsMenu')).ViewsMenu }))
const HostDialog = lazy(async () => ({ default: (await import('./HostDialog')).HostDialog }))

/** Every host of the tenant, most dangerous first. */
export function HostsPage() {
  const { t } = useTranslation()
  const [params, change] = useUrl()
  const work = useMay('hosts:write')
  const filter = filterOf(params)
  const query = useInfiniteQuery(hostsQuery(filter))
  const list = useRows(query)
  const selection = useSelection(filterKey(params), list.total)
  const columns = useHostColumns(useCallback((label: string) => change({ label }), [change]))
  const hidden = useMemo(() => hiddenIn(params), [params])
  const retry = () => void query.refetch()
  const add = () => change({ new: '1' })
  useShortcuts(work ? { n: add } : {})
  const count = t('hosts.count', { count: list.total })
  return (
    <Page
      fill
      title={t('hosts.title')}
      aside={query.data ? (list.exact ? count : t('common.grid.about', { count: list.total })) : null}
      actions={
        <>
          <Suspense fallback={<ViewsSpace />}>
            <ViewsMenu resource="hosts" />
          </Suspense>
          <Suspense fallback={<ChooserSpace />}>
            <ColumnChooser
              columns={columns}
              hidden={hidden}
              onChange={(next) => change({ hide: [...next].join(',') || '-' })}
            />
          </Suspense>
          {work ? (
            <Button size="sm" leftSection={<IconPlus size={15} />} onClick={add}>
              {t('hosts.add')}
            </Button>
          ) : null}
        </>
      }
    >
      <Suspense fallback={<FilterSpace />}>
        <HostFilters hosts={list.rows} params={params} onChange={change} />
      </Suspense>
      {query.error && query.data ? (
        <StaleNotice error={query.error} updatedAt={query.dataUpdatedAt} retry={retry} />
      ) : null}
      {query.error && !query.data ? (
        <ErrorState error={query.error} retry={retry} />
      ) : (
        <HostGrid list={list} columns={columns} hidden={hidden} selection={selection} onAdd={work ? add : undefined} />
      )}
      <BulkArea
        ticked={selection.count}
        bar={<HostBulkBar selection={selection} filter={filter} total={list.total} />}
      />
      <Suspense>{params.get('new') === '1' ? <HostDialog onClose={() => change({ new: null })} /> : null}</Suspense>
    </Page>
  )
}

/** What the chooser will look like, so that nothing moves when it comes. */
function ChooserSpace() {
  const { t } = useTranslation()
  return (
    <Button variant="default" size="sm" leftSection={<IconColumns3 size={15} />}>
      {t('common.grid.columns')}
    </Button>
  )
}
