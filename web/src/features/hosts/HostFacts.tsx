import { useTranslation } from 'react-i18next'
import type { Host } from '../../api/models'
import { CopyText } from '../../ui/CopyText'
import { Labels } from '../../ui/Labels'
import { Facts } from '../../ui/Page'
import { ScoreBadge } from '../../ui/SeverityBadge'
import { ExactTime, TimeAgo } from '../../ui/TimeAgo'
import { Criticality } from './Criticality'
import { IsolationMark, Reach } from './HostState'
import { osName } from './osName'

/** What is known about a host, for its page and for the panel beside the list. */
export function HostFacts({ host }: { host: Host }) {
  const { t } = useTranslation()
  return (
    <Facts
      facts={[
        [t('hosts.column.score'), <ScoreBadge key="score" score={host.threat_score} />],
        [t('hosts.column.state'), <Reach key="state" host={host} />],
        [
          t('hosts.column.isolation'),
          host.isolation === 'none' ? t('hosts.isolationState.none') : <IsolationMark key="isolation" host={host} />,
        ],
        [t('hosts.column.criticality'), <Criticality key="criticality" value={host.criticality} />],
        [t('hosts.column.owner'), host.owner || t('common.notSet')],
        [t('hosts.column.os'), osName(host.os) || t('common.notSet')],
        [t('hosts.column.ip'), <CopyText key="ip" value={host.ip_address} />],
        [t('hosts.column.client'), <CopyText key="client" value={host.client_id} />],
        [
          t('hosts.column.labels'),
          host.labels?.length ? <Labels key="labels" labels={host.labels} /> : t('hosts.noLabels'),
        ],
        [t('hosts.column.lastSeen'), <TimeAgo key="seen" at={host.last_seen} />],
        [t('hosts.column.created'), <ExactTime key="created" at={host.first_seen ?? host.created_at} />],
      ]}
    />
  )
}
