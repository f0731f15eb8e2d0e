import { useInfiniteQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { hostTimelineQuery } from '../../resources/hosts'
import { Panel } from '../../ui/Page'
import { Timeline } from '../../ui/Timeline/Timeline'
import { useUrl } from '../../ui/useUrl'

const kinds = ['observation', 'detection', 'collection', 'execution', 'case', 'indicator', 'change'] as const

/** What happened to a host, newest first. */
export function TimelineTab({ hostId }: { hostId: number }) {
  const [params, change] = useUrl()
  const chosen = useMemo(() => kinds.filter((kind) => params.get('kinds')?.split(',').includes(kind)), [params])
  const query = useInfiniteQuery(hostTimelineQuery(hostId, chosen))
  return (
    <Panel>
      <Timeline query={query} kinds={kinds} chosen={chosen} onChoose={(next) => change({ kinds: next.join(',') })} />
    </Panel>
  )
}
