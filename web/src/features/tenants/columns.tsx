import type { TFunction } from 'i18next'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import type { Tenant } from '../../api/models'
import { tenantOf, useMe, usePaths } from '../../app/me'
import type { Column } from '../../ui/DataGrid/columns'
import { StatusText } from '../../ui/StatusText'
import { TimeAgo } from '../../ui/TimeAgo'

/** The columns of the list of tenants. */
export function useTenantColumns(): Column<Tenant>[] {
  const { t } = useTranslation()
  const paths = usePaths()
  const own = tenantOf(useMe()).id
  return useMemo(() => columns(t, paths, own), [t, paths, own])
}

function columns(t: TFunction, paths: ReturnType<typeof usePaths>, own: number): Column<Tenant>[] {
  return [
    {
      key: 'name',
      header: t('tenants.column.name'),
      track: 'minmax(130px, 1.6fr)',
      sort: 'name',
      fixed: true,
      cell: (tenant) => (
        <Link to={paths.tenant(tenant.id)}>
          {tenant.id === own ? t('tenants.own', { name: tenant.name }) : tenant.name}
        </Link>
      ),
    },
    {
      key: 'status',
      header: t('tenants.column.status'),
      track: '128px',
      fixed: true,
      cell: (tenant) => <StatusText status={tenant.status} />,
    },
    {
      key: 'description',
      header: t('tenants.column.description'),
      track: 'minmax(120px, 2fr)',
      from: 'md',
      cell: (tenant) => <span title={tenant.description}>{tenant.description}</span>,
    },
    {
      key: 'until',
      header: t('tenants.column.until'),
      track: '92px',
      from: 'sm',
      cell: (tenant) => (tenant.delete_at ? <TimeAgo at={tenant.delete_at} /> : null),
    },
    {
      key: 'created',
      header: t('tenants.column.created'),
      track: '92px',
      sort: 'created_at',
      from: 'sm',
      cell: (tenant) => <TimeAgo at={tenant.created_at} />,
    },
    {
      key: 'id',
      header: t('tenants.column.id'),
      track: '76px',
      sort: 'id',
      from: 'lg',
      cell: (tenant) => tenant.id,
    },
  ]
}
