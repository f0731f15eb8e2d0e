import '../../i18n/indicators'
import { Button } from '@mantine/core'
import { IconColumns3, IconFingerprint } from '@tabler/icons-react'
import { useInfiniteQuery } from '@tanstack/react-query'
import { type ComponentProps, lazy, Suspense, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useNavigate } from 'react-router'
import type { Artifact } from '../../api/models'
import { useMay, usePaths } from '../../app/me'
import { artifactsQuery } from '../../resources/artifacts'
import { BulkArea } from '../../ui/BulkBar/BulkArea'
import { DataGrid } from '../../ui/DataGrid/DataGrid'
import { type Selection, useSelection } from '../../ui/DataGrid/selection'
import { FilterSpace } from '../../ui/FilterBar'
import { Page } from '../../ui/Page'
import { Split } from '../../ui/Split'
import { EmptyState, ErrorState, StaleNotice } from '../../ui/States'
import { useShortcuts } from '../../ui/shortcuts'
import { useRows } from '../../ui/useRows'
import { useUrl } from '../../ui/useUrl'
import { useIndicatorColumns } from './columns'
import { filterKey, filterNames, filterOf, hiddenOf, isFiltered, sortOf } from './filters'
import { useIndicatorPeek } from './useIndicatorPeek'

// A thin wrapper keeps the type of the rows, which lazy would lose.
const ColumnChooser = lazy(async () => {
  const { ColumnChooser: Chooser } = await import('../../ui/DataGrid/ColumnChooser')
  return { default: (props: ComponentProps<typeof Chooser<Artifact>>) => <Chooser {...props} /> }
})
// The rows come first: what narrows them, and what is done with them, is fetched beside them.
const IndicatorFilters = lazy(async () => ({ default: (await import('./IndicatorFilters')).IndicatorFilters }))
const ListActions = lazy(async () => ({ default: (await import('./ListActions')).ListActions }))
const IndicatorBulkBar = lazy(async () => ({ default: (await import('./IndicatorBulkBar')).IndicatorBulkBar }))
const PasteDialog = lazy(async () => ({ default: (await import('./PasteDialog')).PasteDialog }))
const ImportDialog = lazy(async () => ({ default: (await import('./ImportDialog')).ImportDialog }))
const AddIndicatorDialog = lazy(async () => ({ default: (await import('./AddIndicatorDialog')).AddIndicatorDialog }))

/** Every indicator of the tenant, newest first. */
export function IndicatorsPage() {
  const { t } = useTranslation()
  const [params, change] = useUrl()
  const work = useMay('indicators:write')
  // "Seen within a day" counts from when the page was opened, not from each render.
  const [opened] = useState(() => Date.now())
  const filter = useMemo(() => filterOf(params, opened), [params, opened])
  const query = useInfiniteQuery(artifactsQuery(filter))
  const list = useRows(query)
  const selection = useSelection(filterKey(params), list.total)
  const columns = useIndicatorColumns()
  const hidden = useMemo(() => hiddenOf(params), [params])
  const retry = () => void query.refetch()
  const ask = (what: string) => change({ new: what })
  useShortcuts(work ? { n: () => ask('paste') } : {})
  const count = t('indicators.count', { count: list.total })
  return (
    <Page
      fill
      title={t('indicators.title')}
      aside={query.data ? (list.exact ? count : t('common.grid.about', { count: list.total })) : null}
      actions={
        <Suspense fallback={<ActionSpace />}>
          <ColumnChooser
            columns={columns}
            hidden={hidden}
            onChange={(next) => change({ hide: [...next].join(',') || '-' })}
          />
          <ListActions filter={filter} onAsk={work ? ask : undefined} />
        </Suspense>
      }
    >
      <Suspense fallback={<FilterSpace />}>
        <IndicatorFilters />
      </Suspense>
      {query.error && query.data ? (
        <StaleNotice error={query.error} updatedAt={query.dataUpdatedAt} retry={retry} />
      ) : null}
      {query.error && !query.data ? (
        <ErrorState error={query.error} retry={retry} />
      ) : (
        <IndicatorGrid
          list={list}
          columns={columns}
          hidden={hidden}
          selection={selection}
          onAsk={work ? ask : undefined}
        />
      )}
      <BulkArea
        ticked={selection.count}
        bar={<IndicatorBulkBar selection={selection} filter={filter} total={list.total} />}
      />
      <Dialogs />
    </Page>
  )
}

/** What the actions will look like, so that nothing moves when they come. */
function ActionSpace() {
  const { t } = useTranslation()
  return (
    <Button variant="default" size="sm" leftSection={<IconColumns3 size={15} />}>
      {t('common.grid.columns')}
    </Button>
  )
}

function Dialogs() {
  const [params, change] = useUrl()
  const close = () => change({ new: null })
  const asked = params.get('new')
  if (!useMay('indicators:write')) return null
  return (
    <Suspense>
      {asked === 'paste' ? <PasteDialog onClose={close} /> : null}
      {asked === 'import' ? <ImportDialog onClose={close} /> : null}
      {asked === '1' ? <AddIndicatorDialog onClose={close} /> : null}
    </Suspense>
  )
}

interface IndicatorGridProps {
  list: ReturnType<typeof useRows<Artifact>>
  columns: ReturnType<typeof useIndicatorColumns>
  hidden: ReadonlySet<string>
  selection: Selection
  onAsk?: (what: string) => void
}

function IndicatorGrid({ list, columns, hidden, selection, onAsk }: IndicatorGridProps) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const paths = usePaths()
  const [params, change] = useUrl()
  const peeked = Number(params.get('row')) || null
  const side = useIndicatorPeek(peeked, list.rows)
  return (
    <Split side={side} onClose={() => change({ row: null })}>
      <DataGrid
        label={t('indicators.title')}
        columns={columns}
        hidden={hidden}
        {...list}
        rowKey={(row) => row.id}
        nameOf={(row) => row.value}
        selection={selection}
        sort={sortOf(params)}
        onSort={(sort) => change({ sort })}
        onOpen={(row) => void navigate(paths.indicator(row.id))}
        onPeek={(row) => change({ row: peeked === row.id ? null : String(row.id) })}
        peeked={peeked}
        empty={<Empty onAsk={onAsk} />}
      />
    </Split>
  )
}

function Empty({ onAsk }: { onAsk?: (what: string) => void }) {
  const { t } = useTranslation()
  const [params, change] = useUrl()
  if (isFiltered(params)) {
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
  return (
    <EmptyState
      icon={IconFingerprint}
      title={t('indicators.empty')}
      hint={t('indicators.emptyHint')}
      action={onAsk ? <Button onClick={() => onAsk('paste')}>{t('indicators.paste.open')}</Button> : undefined}
    />
  )
}
