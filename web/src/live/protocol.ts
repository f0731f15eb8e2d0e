/** What the notification socket says. A message with `seq` is a notification; the rest is progress. */
export interface LiveMessage {
  type: string
  seq?: number
  last_seq?: number
  id?: number
  status?: string
  execution_id?: number
  key?: string
  notification?: { title: string; message: string; severity: string }
  /** Of a long job: how far it has come, as the fields of its row. */
  progress?: number
}

/** Types whose messages carry fields of a job's row, with what the screen calls the resource. */
export const jobTypes = { bulk: 'bulk', batch: 'batches', collection: 'collections', hunt: 'hunts' } as const

/** Types whose messages say that rows changed which are not theirs: the resources to fetch again. */
export const touching: Record<string, readonly string[]> = { isolation: ['hosts'], sync: ['connection'] }

type Free = Record<string, unknown>

const numbers = ['seq', 'last_seq', 'id', 'execution_id', 'progress'] as const
const texts = ['status', 'key'] as const

function isRecord(value: unknown): value is Free {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Reads one frame, or null when it is none of ours: a field of the wrong type spoils the whole message. */
export function parseMessage(frame: unknown): LiveMessage | null {
  if (typeof frame !== 'string') return null
  let raw: unknown
  try {
    raw = JSON.parse(frame)
  } catch {
    return null
  }
  if (!isRecord(raw) || typeof raw.type !== 'string') return null
  const wrong = (name: string, type: string) => raw[name] !== undefined && typeof raw[name] !== type
  if (numbers.some((name) => wrong(name, 'number')) || texts.some((name) => wrong(name, 'string'))) return null
  return { ...raw, type: raw.type, notification: readNotification(raw.notification) }
}

function readNotification(raw: unknown): LiveMessage['notification'] {
  if (!isRecord(raw) || typeof raw.title !== 'string') return undefined
  return { title: raw.title, message: String(raw.message ?? ''), severity: String(raw.severity ?? 'info') }
}
