import '../../i18n/tenants'
import { Alert, Anchor } from '@mantine/core'
import { IconPlayerPause, IconTrash } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { lazy, type ReactNode, Suspense } from 'react'
import { useTranslation } from 'react-i18next'
import { Link, useParams } from 'react-router'
import type { Tenant } from '../../api/models'
import { tenantOf, useMay, useMe, usePaths } from '../../app/me'
import { NoRight } from '../../app/NotFound'
import { tenantQuery } from '../../resources/tenants'
import { Facts, Page, Panel } from '../../ui/Page'
import { ErrorState, LoadingLines } from '../../ui/States'
import { StatusText } from '../../ui/StatusText'
import { ExactTime } from '../../ui/TimeAgo'
import { useTimeFormat } from '../../ui/time'
import { TenantActions } from './TenantActions'
import css from './Tenants.module.css'
import { Visits } from './Visits'

const SettingsForm = lazy(async () => ({ default: (await import('./SettingsForm')).SettingsForm }))

/** One tenant: how it stands, what it is set to, and what can be done with it as a whole. */
export function TenantPage() {
  const id = Number(useParams().id)
  const read = useMay('tenants:read')
  const query = useQuery({ ...tenantQuery(id), enabled: read })
  if (!read) return <NoRight />
  if (query.data) return <TenantDetail tenant={query.data} />
  if (query.error) return <ErrorState error={query.error} retry={() => void query.refetch()} />
  return (
    <Page title="">
      <LoadingLines lines={8} />
    </Page>
  )
}

function TenantDetail({ tenant }: { tenant: Tenant }) {
  const own = tenantOf(useMe()).id === tenant.id
  const [settings, manage] = [useMay('tenants:settings'), useMay('tenants:manage')]
  return (
    <Page
      title={tenant.name}
      aside={<StatusText status={tenant.status} />}
      actions={<TenantActions tenant={tenant} own={own} />}
    >
      <Standing tenant={tenant} />
      <div className={css.layout}>
        <Suspense fallback={<SettingsSpace />}>
          <SettingsForm
            // The form starts again from what is kept after each save.
            key={JSON.stringify([tenant.name, tenant.description, tenant.settings])}
            tenant={tenant}
            readOnly={!settings || !(own || manage) || tenant.status === 'deleting'}
          />
        </Suspense>
        <div className={css.side}>
          <TenantFacts tenant={tenant} own={own} />
          <Visits tenantId={tenant.id} />
        </div>
      </div>
    </Page>
  )
}

function SettingsSpace() {
  const { t } = useTranslation()
  return (
    <Panel title={t('tenants.page.settings')}>
      <LoadingLines lines={12} />
    </Panel>
  )
}

/** Why the tenant does not work, when it does not. */
function Standing({ tenant }: { tenant: Tenant }) {
  const { t } = useTranslation()
  const { exact } = useTimeFormat()
  if (tenant.status === 'suspended') {
    const title = t('tenants.page.suspended', { reason: tenant.suspended_reason || t('common.notSet') })
    return (
      <Alert color="orange" variant="light" icon={<IconPlayerPause size={18} />} title={title}>
        {t('tenants.page.suspendedHint')}
      </Alert>
    )
  }
  if (tenant.status === 'deleting') {
    const date = tenant.delete_at ? exact(tenant.delete_at) : t('common.notSet')
    return (
      <Alert color="red" variant="light" icon={<IconTrash size={18} />} title={t('tenants.page.deleting', { date })}>
        {t('tenants.page.deletingHint')}
      </Alert>
    )
  }
  return null
}

function TenantFacts({ tenant, own }: { tenant: Tenant; own: boolean }) {
  const { t } = useTranslation()
  const paths = usePaths()
  const audit = useMay('audit:read')
  return (
    <Panel title={t('tenants.page.facts')}>
      <Facts
        facts={[
          [t('tenants.column.id'), tenant.id],
          [t('tenants.column.status'), <StatusText key="status" status={tenant.status} />],
          [t('tenants.column.created'), <ExactTime key="created" at={tenant.created_at} />],
          ...(tenant.delete_at
            ? [[t('tenants.column.until'), <ExactTime key="until" at={tenant.delete_at} />] as [string, ReactNode]]
            : []),
        ]}
      />
      {audit ? (
        <Anchor
          component={Link}
          to={own ? paths.audit : paths.trail('tenant', tenant.id)}
          size="sm"
          mt="md"
          display="block"
        >
          {t('tenants.page.trail')}
        </Anchor>
      ) : null}
    </Panel>
  )
}
