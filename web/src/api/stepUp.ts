import { Problem } from './problem'

interface Waiter {
  proven: () => void
  declined: (reason: Problem) => void
}

/**
 * The pause in which somebody proves to still be who signed in. A request the server refuses with `step_up_required`
 * waits here; once the proof was given it is sent again. Requests at the same time wait for one proof.
 */
export class StepUp {
  private waiters: Waiter[] = []
  private readonly listeners = new Set<() => void>()

  /** The dialog that asks listens as long as it is there. */
  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener)
    return () => {
      this.listeners.delete(listener)
      // Nobody is left who could ask.
      if (this.listeners.size === 0) this.decline()
    }
  }

  /** Whether a request waits for a proof. */
  isAsked = (): boolean => this.waiters.length > 0

  /** Resolves when the proof was given; rejects with a Problem of code `step_up_declined` when it was not. */
  ask(): Promise<void> {
    if (this.listeners.size === 0) return Promise.reject(new Problem(refusal))
    return new Promise((proven, declined) => {
      this.waiters.push({ proven, declined })
      this.tell()
    })
  }

  /** The server has taken the proof. */
  prove = (): void => {
    for (const waiter of this.settle()) waiter.proven()
  }

  /** The person would rather not. */
  decline = (): void => {
    for (const waiter of this.settle()) waiter.declined(new Problem(refusal))
  }

  private settle(): Waiter[] {
    const { waiters } = this
    this.waiters = []
    if (waiters.length > 0) this.tell()
    return waiters
  }

  private tell(): void {
    for (const listener of this.listeners) listener()
  }
}

const refusal = { status: 403, code: 'step_up_declined', detail: '' }

/** The one pause of this tab. */
export const stepUp = new StepUp()
