import '../../i18n/tenants'
import { Button, SegmentedControl } from '@mantine/core'
import { IconBuilding, IconPlus } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { lazy, Suspense } from 'react'
import { useTranslation } from 'react-i18next'
import { Navigate, useNavigate } from 'react-router'
import type { Tenant } from '../../api/models'
import { tenantOf, useMay, useMe, usePaths } from '../../app/me'
import { NoRight } from '../../app/NotFound'
import { tenantsQuery } from '../../resources/tenants'
import { DataGrid } from '../../ui/DataGrid/DataGrid'
import { FilterBar } from '../../ui/FilterBar'
import { Page } from '../../ui/Page'
import { SearchField } from '../../ui/SearchField'
import { EmptyState, ErrorState, StaleNotice } from '../../ui/States'
import { useShortcuts } from '../../ui/shortcuts'
import { useUrl } from '../../ui/useUrl'
import { useTenantColumns } from './columns'
import { arranged, filterNames, sortOf, statuses } from './filters'

const TenantDialog = lazy(async () => ({ default: (await import('./TenantDialog')).TenantDialog }))

/** All tenants for those who manage them; for everybody else there is one, their own. */
export function TenantsPage() {
  const paths = usePaths()
  const own = tenantOf(useMe()).id
  const [read, manage] = [useMay('tenants:read'), useMay('tenants:manage')]
  if (!read) return <NoRight />
  return manage ? <Tenants /> : <Navigate to={paths.tenant(own)} replace />
}

function Tenants() {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const paths = usePaths()
  const [params, change] = useUrl()
  const query = useQuery(tenantsQuery)
  const create = useMay('tenants:create')
  const columns = useTenantColumns()
  const rows = arranged(query.data ?? [], params)
  const add = () => change({ new: '1' })
  useShortcuts(create ? { n: add } : {})
  const retry = () => void query.refetch()
  const made = (tenant: { id: number }) => void navigate(paths.tenant(tenant.id))
  return (
    <Page
      fill
      title={t('tenants.title')}
      aside={query.data ? t('tenants.count', { count: query.data.length }) : null}
      actions={
        create ? (
          <Button size="sm" leftSection={<IconPlus size={15} />} onClick={add}>
            {t('tenants.add')}
          </Button>
        ) : null
      }
    >
      <TenantFilters />
      {query.error && query.data ? (
        <StaleNotice error={query.error} updatedAt={query.dataUpdatedAt} retry={retry} />
      ) : null}
      {query.error && !query.data ? (
        <ErrorState error={query.error} retry={retry} />
      ) : (
        <DataGrid<Tenant>
          label={t('tenants.title')}
          columns={columns}
          rows={rows}
          total={rows.length}
          loading={query.isPending}
          rowKey={(tenant) => tenant.id}
          sort={sortOf(params)}
          onSort={(sort) => change({ sort })}
          onOpen={(tenant) => void navigate(paths.tenant(tenant.id))}
          empty={<Empty />}
        />
      )}
      <Suspense>
        {create && params.get('new') === '1' ? (
          <TenantDialog onClose={() => change({ new: null })} onMade={made} />
        ) : null}
      </Suspense>
    </Page>
  )
}

function Empty() {
  const { t } = useTranslation()
  const [params, change] = useUrl()
  if (!filterNames.some((name) => params.has(name))) {
    return <EmptyState icon={IconBuilding} title={t('tenants.empty')} hint={t('tenants.emptyHint')} />
  }
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

function TenantFilters() {
  const { t } = useTranslation()
  const [params, change] = useUrl()
  return (
    <FilterBar>
      <SearchField
        primary
        label={t('tenants.filter.q')}
        value={params.get('q') ?? ''}
        onChange={(q) => change({ q })}
      />
      <SegmentedControl
        size="xs"
        aria-label={t('tenants.filter.state')}
        value={params.get('status') ?? ''}
        onChange={(status) => change({ status })}
        data={[
          { value: '', label: t('tenants.filter.anyState') },
          ...statuses.map((status) => ({ value: status, label: t(`common.status.${status}`) })),
        ]}
      />
    </FilterBar>
  )
}
