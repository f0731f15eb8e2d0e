import type { Host } from '../../api/models'

type Isolated = Pick<Host, 'isolation'>

/** Whether something is being done about the host's isolation at this moment. */
export const isChanging = ({ isolation }: Isolated) => isolation === 'pending' || isolation === 'releasing'

/** What can be asked of the host: both where nobody knows how it stands. */
export function offered({ isolation }: Isolated): ('isolate' | 'release')[] {
  if (isolation === 'none' || isolation === 'releasing') return ['isolate']
  if (isolation === 'isolated' || isolation === 'pending') return ['release']
  return ['release', 'isolate']
}

/** The status that says how a host stands; null for one that is simply on the network. */
export function statusOf({ isolation }: Isolated): string | null {
  const names: Record<string, string> = { none: '', pending: 'isolating', failed: 'isolation_failed' }
  return names[isolation] ?? isolation ?? null
}
