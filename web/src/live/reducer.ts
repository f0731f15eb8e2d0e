import { jobTypes, type LiveMessage } from './protocol'

export type StepChange = { executionId: number; key: string; status: string }

/** News of a long job: the resource it belongs to and the fields of its row that changed. */
export type JobChange = { resource: string; id: number; fields: Record<string, string | number> }

/** What has been heard since the screen was last brought up to date. */
export interface Heard {
  /** The newest notification number seen, or null before the first. */
  lastSeq: number | null
  /** Something was missed: everything on the screen must be fetched again. */
  resync: boolean
  notifications: LiveMessage[]
  /** Execution id → newest status. */
  executions: ReadonlyMap<number, string>
  steps: StepChange[]
  /** The newest of each job, by type and id. */
  jobs: ReadonlyMap<string, JobChange>
  /** Progress types this screen has no patch for. */
  others: ReadonlySet<string>
}

export const silence: Heard = {
  lastSeq: null,
  resync: false,
  notifications: [],
  executions: new Map(),
  steps: [],
  jobs: new Map(),
  others: new Set(),
}

/** Adds one message. A repeated notification changes nothing; a gap in the numbers asks for a resync. */
export function hear(heard: Heard, message: LiveMessage): Heard {
  if (message.type === 'resync') return { ...heard, resync: true, lastSeq: message.seq ?? heard.lastSeq }
  // The server's greeting: where its numbers stand. After a reconnect, what was missed follows.
  if (message.type === 'ready') return { ...heard, lastSeq: heard.lastSeq ?? message.last_seq ?? null }
  if (message.seq !== undefined) return hearNotification(heard, message, message.seq)
  if (message.type === 'execution.updated' && message.id !== undefined) {
    return { ...heard, executions: new Map(heard.executions).set(message.id, message.status ?? '') }
  }
  if (message.type === 'execution.step' && message.execution_id !== undefined) {
    const change = { executionId: message.execution_id, key: message.key ?? '', status: message.status ?? '' }
    return { ...heard, steps: [...heard.steps, change] }
  }
  if (message.type in jobTypes && message.id !== undefined) return hearJob(heard, message, message.id)
  return { ...heard, others: new Set(heard.others).add(message.type) }
}

function hearJob(heard: Heard, { type, ...rest }: LiveMessage, id: number): Heard {
  const told = Object.entries(rest).filter(([, value]) => typeof value === 'number' || typeof value === 'string')
  const before = heard.jobs.get(`${type} ${id}`)?.fields
  const change = {
    resource: jobTypes[type as keyof typeof jobTypes],
    id,
    fields: { ...before, ...(Object.fromEntries(told) as JobChange['fields']) },
  }
  return { ...heard, jobs: new Map(heard.jobs).set(`${type} ${id}`, change) }
}

function hearNotification(heard: Heard, message: LiveMessage, seq: number): Heard {
  if (heard.lastSeq !== null && seq <= heard.lastSeq) return heard
  const missed = heard.lastSeq !== null && seq > heard.lastSeq + 1
  return {
    ...heard,
    lastSeq: seq,
    resync: heard.resync || missed,
    notifications: [...heard.notifications, message],
  }
}

/** What remains after the screen was brought up to date. */
export function settled(heard: Heard): Heard {
  return { ...silence, lastSeq: heard.lastSeq }
}

/** Whether there is anything to show. */
export function hasNews(heard: Heard): boolean {
  return (
    heard.resync ||
    heard.notifications.length > 0 ||
    heard.executions.size > 0 ||
    heard.steps.length > 0 ||
    heard.jobs.size > 0 ||
    heard.others.size > 0
  )
}
