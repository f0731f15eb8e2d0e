import { useSyncExternalStore } from 'react'

type DialogName = 'palette' | 'notifications' | 'preferences' | 'shortcuts'

let shown: DialogName | null = null
const listeners = new Set<() => void>()

function set(name: DialogName | null): void {
  shown = name
  for (const listener of listeners) listener()
}

/** Opens one of the shell's dialogs; one at a time. */
export function openDialog(name: DialogName): void {
  set(name)
}

export function closeDialog(): void {
  set(null)
}

/** The shell's dialog that is open, or null. */
export function useDialog(): DialogName | null {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => shown,
  )
}
