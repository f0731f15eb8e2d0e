import { useInfiniteQuery } from '@tanstack/react-query'
import { hostTimelineQuery } from '../../resources/hosts'
import { Panel } from '../../ui/Page'
import { Timeline } from '../../ui/Timeline/Timeline'

const runs = ['execution'] as const

/** The playbooks' runs on a host, newest first. */
export function RunsTab({ hostId }: { hostId: number }) {
  return (
    <Panel>
      <Timeline query={useInfiniteQuery(hostTimelineQuery(hostId, runs))} />
    </Panel>
  )
}
