import { Button, Tabs } from '@mantine/core'
import { IconPencil } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { lazy, Suspense, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useParams } from 'react-router'
import type { Host } from '../../api/models'
import { useMay, usePaths } from '../../app/me'
import { TrailLink } from '../../app/TrailLink'
import { deleteHost, hostQuery } from '../../resources/hosts'
import { keys } from '../../resources/keys'
import { DeleteAction } from '../../ui/DeleteAction'
import { DetailPage } from '../../ui/DetailPage'
import { JsonView } from '../../ui/JsonView'
import { Page, Panel } from '../../ui/Page'
import { ScoreBadge } from '../../ui/SeverityBadge'
import { EmptyState } from '../../ui/States'
import { StatusText } from '../../ui/StatusText'
import { useUrl } from '../../ui/useUrl'
import { HostCases } from './HostCases'
import { HostFacts } from './HostFacts'
import css from './Hosts.module.css'
import { Observations } from './Observations'

const HostDialog = lazy(async () => ({ default: (await import('./HostDialog')).HostDialog }))

/** One host: what is known, what was observed, which cases name it. */
export function HostPage() {
  const id = Number(useParams().id)
  return <DetailPage query={useQuery(hostQuery(id))}>{(host) => <HostDetail host={host} />}</DetailPage>
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
      actions={
        <>
          <TrailLink type="host" id={host.id} />
          <HostActions host={host} />
        </>
      }
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
  const paths = usePaths()
  const [editing, setEditing] = useState(false)
  if (!useMay('hosts:write')) return null
  return (
    <>
      <Button size="sm" variant="default" leftSection={<IconPencil size={15} />} onClick={() => setEditing(true)}>
        {t('common.actions.edit')}
      </Button>
      <Suspense>{editing ? <HostDialog host={host} onClose={() => setEditing(false)} /> : null}</Suspense>
      <DeleteAction
        title={t('hosts.delete.title', { name: host.hostname })}
        consequence={t('hosts.delete.consequence')}
        confirm={t('hosts.delete.confirm')}
        typed={{ text: host.hostname, label: t('hosts.delete.type', { name: host.hostname }) }}
        done={t('hosts.delete.done', { name: host.hostname })}
        action={() => deleteHost(host.id)}
        leadsTo={paths.hosts}
        touches={[keys.hosts, keys.dashboard]}
      />
    </>
  )
}
