const final = new Set(['completed', 'failed', 'cancelled', 'compensated', 'timed_out'])

/** Whether a run of this status changes no more. */
export function isFinal(status: string): boolean {
  return final.has(status)
}

const settledStep = new Set(['completed', 'failed', 'cancelled', 'skipped', 'undone'])

/** Whether a step of this status changes no more. */
export function isStepDone(status: string): boolean {
  return settledStep.has(status)
}

/** The statuses of a run that has not ended. */
export const activeStatuses = ['queued', 'running', 'waiting', 'paused'] as const

export const runStatuses = ['queued', 'running', 'waiting', 'completed', 'failed', 'cancelled'] as const
