import { useSyncExternalStore } from 'react'

interface JobsState {
  /** The job begun last on this screen, until it is hidden: its strip shows what becomes of it. */
  latest: number | null
  /** Whether the drawer is open, and on which job: null for the list of all. */
  drawer: { id: number | null } | null
}

let state: JobsState = { latest: null, drawer: null }
const listeners = new Set<() => void>()

function set(change: Partial<JobsState>): void {
  state = { ...state, ...change }
  for (const listener of listeners) listener()
}

/** Tells that a job was begun here. */
export function followJob(id: number): void {
  set({ latest: id })
}

export function hideJob(): void {
  set({ latest: null })
}

/** Opens the drawer on one job, or on the list of all. */
export function openJobs(id: number | null = null): void {
  set({ drawer: { id } })
}

export function closeJobs(): void {
  set({ drawer: null })
}

export function useJobs(): JobsState {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => state,
  )
}
