import { Button } from '@mantine/core'
import { IconColumns3, IconDeviceDesktop, IconPlus } from '@tabler/icons-react'
import { useInfiniteQuery } from '@tanstack/react-query'
import { type ComponentProps, lazy, Suspense, useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { useNavigate } from 'react-router'
import type { Host } from '../../api/models'
import { useMay, usePaths } from '../../app/me'
import { hostsQuery } from '../../resources/hosts'
import { DataGrid } from '../../ui/DataGrid/DataGrid'
import { Page } from '../../ui/Page'
import { Split } from '../../ui/Split'
import { EmptyState, ErrorState, LoadingLines, StaleNotice } from '../../ui/States'
import { useShortcuts } from '../../ui/shortcuts'
import { useRows } from '../../ui/useRows'
import { useUrl } from '../../ui/useUrl'
import { useHostColumns } from './columns'
import { filterNames, filterOf, isFiltered, sortOf } from './filters'
import { HostFilters } from './HostFilters'

// A thin wrapper keeps the type of the rows, which lazy would lose.
const ColumnChooser = lazy(async () => {
  const { ColumnChooser: Chooser } = await import('../../ui/DataGrid/ColumnChooser')
  return { default: (props: ComponentProps<typeof Chooser<Host>>) => <Chooser {...props} /> }
})
const HostPeek = lazy(async () => ({ default: (await import('./HostPeek')).HostPeek }))
const HostDialog = lazy(async () => ({ default: (await import('./HostDialog')).HostDialog }))

/** Every host of the tenant, most dangerous first. */
export function HostsPage() {
  const { t } = useTranslation()
  const [params, change] = useUrl()
  const work = useMay('hosts:write')
  const query = useInfiniteQuery(hostsQuery(filterOf(params)))
  const list = useRows(query)
  const columns = useHostColumns()
  const hidden = useMemo(() => new Set((params.get('hide') ?? '').split(',').filter(Boolean)), [params])
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
          <Suspense fallback={<ChooserSpace />}>
            <ColumnChooser
              columns={columns}
              hidden={hidden}
              onChange={(next) => change({ hide: [...next].join(',') })}
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
      <HostFilters params={params} onChange={change} />
      {query.error && query.data ? (
        <StaleNotice error={query.error} updatedAt={query.dataUpdatedAt} retry={retry} />
      ) : null}
      {query.error && !query.data ? (
        <ErrorState error={query.error} retry={retry} />
      ) : (
        <HostGrid list={list} columns={columns} hidden={hidden} onAdd={work ? add : undefined} />
      )}
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

function Peek({ host }: { host: Host }) {
  return (
    <Suspense fallback={<LoadingLines />}>
      <HostPeek host={host} />
    </Suspense>
  )
}

interface HostGridProps {
  list: ReturnType<typeof useRows<Host>>
  columns: ReturnType<typeof useHostColumns>
  hidden: ReadonlySet<string>
  onAdd?: () => void
}

function HostGrid({ list, columns, hidden, onAdd }: HostGridProps) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const paths = usePaths()
  const [params, change] = useUrl()
  const peeked = Number(params.get('row')) || null
  const row = list.rows.find((host) => host.id === peeked)
  return (
    <Split
      side={row ? { title: row.hostname, label: t('hosts.peek.title'), content: <Peek host={row} /> } : null}
      onClose={() => change({ row: null })}
    >
      <DataGrid
        label={t('hosts.title')}
        columns={columns}
        hidden={hidden}
        {...list}
        rowKey={(host) => host.id}
        sort={sortOf(params)}
        onSort={(sort) => change({ sort })}
        onOpen={(host) => void navigate(paths.host(host.id))}
        onPeek={(host) => change({ row: peeked === host.id ? null : String(host.id) })}
        peeked={peeked}
        empty={
          isFiltered(params) ? (
            <EmptyState
              title={t('common.grid.noMatch')}
              hint={t('common.grid.noMatchHint')}
              action={
                <Button
                  variant="default"
                  onClick={() => change(Object.fromEntries(filterNames.map((name) => [name, null])))}
                >
                  {t('common.grid.clearFilters')}
                </Button>
              }
            />
          ) : (
            <EmptyState
              icon={IconDeviceDesktop}
              title={t('hosts.empty')}
              hint={t('hosts.emptyHint')}
              action={onAdd ? <Button onClick={onAdd}>{t('hosts.add')}</Button> : undefined}
            />
          )
        }
      />
    </Split>
  )
}
