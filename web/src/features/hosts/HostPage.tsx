import { Button, Tabs } from '@mantine/core'
import { IconPencil, IconTrash } from '@tabler/icons-react'
import { useMutation, useQuery } from '@tanstack/react-query'
import { lazy, Suspense, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useNavigate, useParams } from 'react-router'
import type { Host } from '../../api/models'
import { useMay, usePaths } from '../../app/me'
import { deleteHost, hostQuery } from '../../resources/hosts'
import { keys } from '../../resources/keys'
import { ConfirmDialog } from '../../ui/ConfirmDialog'
import { JsonView } from '../../ui/JsonView'
import { Page, Panel } from '../../ui/Page'
import { ScoreBadge } from '../../ui/SeverityBadge'
import { EmptyState, ErrorState, LoadingLines } from '../../ui/States'
import { StatusText } from '../../ui/StatusText'
import { toastDone } from '../../ui/toast'
import { useRefresh } from '../../ui/useRows'
import { useUrl } from '../../ui/useUrl'
import { HostCases } from './HostCases'
import { HostFacts } from './HostFacts'
import css from './Hosts.module.css'
import { Observations } from './Observations'

const HostDialog = lazy(async () => ({ default: (await import('./HostDialog')).HostDialog }))

/** One host: what is known, what was observed, which cases name it. */
export function HostPage() {
  const id = Number(useParams().id)
  const query = useQuery(hostQuery(id))
  if (query.data) return <HostDetail host={query.data} />
  if (query.error) return <ErrorState error={query.error} retry={() => void query.refetch()} />
  return (
    <Page title="">
      <LoadingLines lines={8} />
    </Page>
  )
}

function HostDetail({ host }: { host: Host }) {
  const { t } = useTranslation()
  const [params, change] = useUrl()
  return (
    <Page
      title={host.hostname}
      aside={
        <span style={{ display: 'inline-flex', gap: 12, alignItems: 'center' }}>
          <ScoreBadge score={host.threat_score} />
          <StatusText status={host.online ? 'online' : 'offline'} />
        </span>
      }
      actions={<HostActions host={host} />}
    >
      <Tabs value={params.get('tab') ?? 'overview'} onChange={(tab) => change({ tab })} keepMounted={false}>
        <Tabs.List mb="md">
          <Tabs.Tab value="overview">{t('hosts.tabs.overview')}</Tabs.Tab>
          <Tabs.Tab value="observations">{t('hosts.tabs.observations')}</Tabs.Tab>
          <Tabs.Tab value="cases">{t('hosts.tabs.cases')}</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="overview">
          <Overview host={host} />
        </Tabs.Panel>
        <Tabs.Panel value="observations">
          <Observations hostId={host.id} />
        </Tabs.Panel>
        <Tabs.Panel value="cases">
          <Panel>
            <HostCases hostId={host.id} />
          </Panel>
        </Tabs.Panel>
      </Tabs>
    </Page>
  )
}

function Overview({ host }: { host: Host }) {
  const { t } = useTranslation()
  const known = Object.keys(host.host_metadata ?? {}).length > 0
  return (
    <div className={css.overview}>
      <Panel title={t('hosts.facts')}>
        <HostFacts host={host} />
      </Panel>
      <Panel title={t('hosts.metadata')}>
        {known ? (
          <JsonView value={host.host_metadata} label={t('hosts.metadata')} />
        ) : (
          <EmptyState compact title={t('hosts.noMetadata')} />
        )}
      </Panel>
    </div>
  )
}

function HostActions({ host }: { host: Host }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const paths = usePaths()
  const refresh = useRefresh()
  const [dialog, setDialog] = useState<'edit' | 'delete' | null>(null)
  const close = () => setDialog(null)
  const remove = useMutation({
    mutationFn: () => deleteHost(host.id),
    onSuccess: () => {
      toastDone(t('hosts.delete.done', { name: host.hostname }))
      void navigate(paths.hosts, { replace: true })
      void refresh(keys.hosts, keys.dashboard)
    },
  })
  if (!useMay('hosts:write')) return null
  return (
    <>
      <Button size="sm" variant="default" leftSection={<IconPencil size={15} />} onClick={() => setDialog('edit')}>
        {t('common.actions.edit')}
      </Button>
      <Button
        size="sm"
        variant="default"
        c="var(--vc-failed)"
        leftSection={<IconTrash size={15} />}
        onClick={() => setDialog('delete')}
      >
        {t('common.actions.delete')}
      </Button>
      <Suspense>{dialog === 'edit' ? <HostDialog host={host} onClose={close} /> : null}</Suspense>
      <ConfirmDialog
        opened={dialog === 'delete'}
        title={t('hosts.delete.title', { name: host.hostname })}
        consequence={t('hosts.delete.consequence')}
        confirm={t('hosts.delete.confirm')}
        typed={{ text: host.hostname, label: t('hosts.delete.type', { name: host.hostname }) }}
        pending={remove.isPending}
        error={remove.error}
        onConfirm={() => remove.mutate()}
        onClose={close}
      />
    </>
  )
}
