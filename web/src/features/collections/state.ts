import type { Collection } from '../../api/models'

type Standing = Pick<Collection, 'status'>

/** Whether it can be asked to stop. */
export const canCancel = ({ status }: Standing) => status === 'queued' || status === 'running' || status === 'waiting'

/** Whether it can be tried again. */
export const canRetry = ({ status }: Standing) => status === 'failed' || status === 'cancelled'

/** Why it failed, as far as the screen knows what to do about it. */
const causes = [
  'timeout',
  'offline',
  'refused',
  'endpoint',
  'permission',
  'gone',
  'server_down',
  'artifact',
  'internal',
] as const

/** What the analyst can do about a failure; null where the error must speak for itself. */
export const causeOf = ({ error_kind: kind }: Pick<Collection, 'error_kind'>) =>
  causes.find((known) => known === kind) ?? null
