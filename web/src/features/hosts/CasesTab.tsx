import { Panel } from '../../ui/Page'
import { HostCases } from './HostCases'

/** The cases that name a host. */
export function CasesTab({ hostId }: { hostId: number }) {
  return (
    <Panel>
      <HostCases hostId={hostId} />
    </Panel>
  )
}
