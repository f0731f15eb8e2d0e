import { lazy, Suspense } from 'react'
import { useTranslation } from 'react-i18next'
import type { Host } from '../../api/models'
import { JsonView } from '../../ui/JsonView'
import { Panel } from '../../ui/Page'
import { EmptyState } from '../../ui/States'
import { HostFacts } from './HostFacts'
import { HostNotes } from './HostNotes'
import css from './Hosts.module.css'

const IsolationPanel = lazy(async () => ({ default: (await import('./IsolationPanel')).IsolationPanel }))
const AliasPanel = lazy(async () => ({ default: (await import('./AliasPanel')).AliasPanel }))
const HostKept = lazy(async () => ({ default: (await import('./HostKept')).HostKept }))

/** What is known about a host, and what people keep about it. */
export function OverviewTab({ host }: { host: Host }) {
  const { t } = useTranslation()
  const known = Object.keys(host.host_metadata ?? {}).length > 0
  return (
    <div className={css.overview}>
      <div className={css.column}>
        <Panel title={t('hosts.facts')}>
          <HostFacts host={host} />
        </Panel>
        <Suspense fallback={<div className={css.keptSpace} aria-busy />}>
          <HostKept host={host} />
          <AliasPanel host={host} />
        </Suspense>
      </div>
      <div className={css.column}>
        <Suspense>{host.client_id ? <IsolationPanel host={host} /> : null}</Suspense>
        <HostNotes key={host.id} host={host} />
        <Panel title={t('hosts.metadata')}>
          {known ? (
            <JsonView value={host.host_metadata} label={t('hosts.metadata')} />
          ) : (
            <EmptyState compact title={t('hosts.noMetadata')} />
          )}
        </Panel>
      </div>
    </div>
  )
}
