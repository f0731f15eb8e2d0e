import { useSyncExternalStore } from 'react'
import type { Batch, NewBatchQuery } from '../../api/models'

/** One file on its way to the server. */
export interface Upload {
  /** Of this tab; also the key under which a repeat is the same upload. */
  key: string
  name: string
  size: number
  /** How much of it has gone, 0 to 1. */
  sent: number
  state: 'waiting' | 'sending' | 'sent' | 'failed' | 'cancelled'
  batch?: Batch
  error?: unknown
}

export interface Send {
  file: File
  query: NewBatchQuery
  key: string
  signal: AbortSignal
  onProgress: (sent: number) => void
}

interface Job extends Upload {
  file: File
  query: NewBatchQuery
  control: AbortController
}

const atOnce = 2

/** The files being sent. They go on while the person looks at other pages, two at a time, in their order. */
export class Uploads {
  private jobs: readonly Job[] = []
  private listeners = new Set<() => void>()

  constructor(
    private readonly send: (what: Send) => Promise<Batch>,
    private readonly newKey: () => string,
    private readonly onSent: (batch: Batch) => void = () => undefined,
  ) {}

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  list = (): readonly Upload[] => this.jobs

  /** Whether leaving this tab would cut a file off. */
  busy = (): boolean => this.jobs.some(({ state }) => state === 'waiting' || state === 'sending')

  add(files: File[], query: NewBatchQuery): void {
    const jobs = files.map((file) => ({
      key: this.newKey(),
      name: file.name,
      size: file.size,
      sent: 0,
      state: 'waiting' as const,
      file,
      query: { ...query, filename: file.name },
      control: new AbortController(),
    }))
    this.set([...this.jobs, ...jobs])
    this.next()
  }

  cancel(key: string): void {
    const job = this.jobs.find((each) => each.key === key)
    if (!job) return
    this.change(key, { state: 'cancelled' })
    job.control.abort()
    this.next()
  }

  /** Sends a file again that could not be sent; the server knows it by its key. */
  again(key: string): void {
    this.change(key, { state: 'waiting', sent: 0, error: undefined, control: new AbortController() })
    this.next()
  }

  /** Takes what is over off the list. */
  clear(): void {
    this.set(this.jobs.filter(({ state }) => state === 'waiting' || state === 'sending'))
  }

  private next(): void {
    const free = atOnce - this.jobs.filter(({ state }) => state === 'sending').length
    const waiting = this.jobs.filter(({ state }) => state === 'waiting').slice(0, Math.max(0, free))
    for (const job of waiting) void this.run(job)
  }

  private async run({ key, file, query, control }: Job): Promise<void> {
    this.change(key, { state: 'sending' })
    try {
      const onProgress = (sent: number) => this.change(key, { sent })
      const batch = await this.send({ file, query, key, signal: control.signal, onProgress })
      this.change(key, { state: 'sent', sent: 1, batch })
      this.onSent(batch)
    } catch (error) {
      if (!control.signal.aborted) this.change(key, { state: 'failed', error })
    }
    this.next()
  }

  private change(key: string, to: Partial<Job>): void {
    this.set(this.jobs.map((job) => (job.key === key ? { ...job, ...to } : job)))
  }

  private set(jobs: readonly Job[]): void {
    this.jobs = jobs
    for (const listener of this.listeners) listener()
  }
}

/** The files being sent, as they go. */
export function useUploads(uploads: Uploads): readonly Upload[] {
  return useSyncExternalStore(uploads.subscribe, uploads.list)
}
