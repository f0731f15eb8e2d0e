import type { Hunt } from '../../api/models'

/** The states one looks for. */
export const statuses = ['running', 'waiting', 'completed', 'failed', 'cancelled'] as const

/** Whether something still happens to the hunt, or may. */
export function isUnderWay({ status }: Pick<Hunt, 'status'>): boolean {
  return status === 'queued' || status === 'running' || status === 'waiting' || status === 'cancelling'
}

/** Whether it can be asked to stop. */
export const canStop = (hunt: Pick<Hunt, 'status'>) => isUnderWay(hunt) && hunt.status !== 'cancelling'

export interface Part {
  name: 'done' | 'errors' | 'running' | 'waiting'
  count: number
  /** Of the whole, in per cent. */
  share: number
}

/** The endpoints of a hunt by how far they are: those that should have it and have not begun are waiting. */
export function partsOf(hunt: Pick<Hunt, 'scheduled' | 'online' | 'running' | 'finished' | 'errors' | 'status'>): {
  parts: Part[]
  all: number
} {
  // What is over waits for nobody any more.
  const all = isUnderWay(hunt) ? Math.max(hunt.scheduled, hunt.online) : hunt.scheduled
  const counts = {
    done: hunt.finished - hunt.errors,
    errors: hunt.errors,
    running: hunt.running,
    waiting: Math.max(0, all - hunt.finished - hunt.running),
  }
  const parts = (Object.keys(counts) as Part['name'][])
    .map((name) => ({ name, count: counts[name], share: all > 0 ? (counts[name] / all) * 100 : 0 }))
    .filter(({ count }) => count > 0)
  return { parts, all }
}

/** How long it may still take, in milliseconds, once a tenth is done; null before, and when nothing can be said. */
export function remaining(hunt: Pick<Hunt, 'progress' | 'started_at' | 'status'>, now: number): number | null {
  if (hunt.status !== 'running' || !hunt.started_at || hunt.progress < 0.1 || hunt.progress >= 1) return null
  const gone = now - Date.parse(hunt.started_at)
  return gone > 0 ? (gone / hunt.progress) * (1 - hunt.progress) : null
}
