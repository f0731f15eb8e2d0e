import '../../i18n/cases'
import { Button } from '@mantine/core'
import { IconBriefcase, IconPlus } from '@tabler/icons-react'
import { useInfiniteQuery } from '@tanstack/react-query'
import { lazy, Suspense } from 'react'
import { useTranslation } from 'react-i18next'
import { useNavigate } from 'react-router'
import { useMay, usePaths } from '../../app/me'
import { casesQuery } from '../../resources/cases'
import { BulkArea } from '../../ui/BulkBar/BulkArea'
import { DataGrid } from '../../ui/DataGrid/DataGrid'
import { useSelection } from '../../ui/DataGrid/selection'
import { FilterSpace } from '../../ui/FilterBar'
import { Page } from '../../ui/Page'
import { EmptyState, ErrorState, StaleNotice } from '../../ui/States'
import { useShortcuts } from '../../ui/shortcuts'
import { useRows } from '../../ui/useRows'
import { useUrl } from '../../ui/useUrl'
import { useCaseColumns } from './columns'
import { filterKey, filterNames, filterOf, sortOf } from './filters'
import { usePeople } from './useNames'

// The rows come first: what narrows them is fetched beside them.
const CaseFilters = lazy(async () => ({ default: (await import('./CaseFilters')).CaseFilters }))
const CaseBulkBar = lazy(async () => ({ default: (await import('./CaseBulkBar')).CaseBulkBar }))
const CaseDialog = lazy(async () => ({ default: (await import('./CaseDialog')).CaseDialog }))

/** Every case of the tenant, last changed first. */
export function CasesPage() {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const paths = usePaths()
  const [params, change] = useUrl()
  const { nameOf, me } = usePeople()
  const work = useMay('cases:write')
  const filter = filterOf(params, me.id)
  const query = useInfiniteQuery(casesQuery(filter))
  const list = useRows(query)
  const selection = useSelection(filterKey(params), list.total)
  const columns = useCaseColumns(nameOf)
  const retry = () => void query.refetch()
  const add = () => change({ new: '1' })
  useShortcuts(work ? { n: add } : {})
  return (
    <Page
      fill
      title={t('cases.title')}
      aside={query.data ? t('cases.count', { count: list.total }) : null}
      actions={work ? <AddButton onClick={add} /> : null}
    >
      <Suspense fallback={<FilterSpace />}>
        <CaseFilters />
      </Suspense>
      {query.error && query.data ? (
        <StaleNotice error={query.error} updatedAt={query.dataUpdatedAt} retry={retry} />
      ) : null}
      {query.error && !query.data ? (
        <ErrorState error={query.error} retry={retry} />
      ) : (
        <DataGrid
          label={t('cases.title')}
          columns={columns}
          {...list}
          rowKey={(row) => row.id}
          nameOf={(row) => row.title}
          selection={selection}
          sort={sortOf(params)}
          onSort={(sort) => change({ sort })}
          onOpen={(row) => void navigate(paths.case(row.id))}
          empty={<Empty onAdd={work ? add : undefined} />}
        />
      )}
      <BulkArea
        ticked={selection.count}
        bar={<CaseBulkBar selection={selection} filter={filter} total={list.total} />}
      />
      <Suspense>{params.get('new') === '1' ? <CaseDialog onClose={() => change({ new: null })} /> : null}</Suspense>
    </Page>
  )
}

function AddButton({ onClick }: { onClick: () => void }) {
  const { t } = useTranslation()
  return (
    <Button size="sm" leftSection={<IconPlus size={15} />} onClick={onClick}>
      {t('cases.add')}
    </Button>
  )
}

function Empty({ onAdd }: { onAdd?: () => void }) {
  const { t } = useTranslation()
  const [params, change] = useUrl()
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
  return (
    <EmptyState
      icon={IconBriefcase}
      title={t('cases.empty')}
      hint={t('cases.emptyHint')}
      action={onAdd ? <Button onClick={onAdd}>{t('cases.add')}</Button> : undefined}
    />
  )
}
