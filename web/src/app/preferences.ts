import { useSyncExternalStore } from 'react'
import type { Language } from '../i18n'

/** What a person chose for this browser. Nothing here is secret. */
export interface Preferences {
  theme: 'auto' | 'light' | 'dark'
  density: 'compact' | 'comfortable'
  /** `local`, or an IANA zone such as UTC. */
  timeZone: string
  language: Language
  /** Single-key shortcuts (WCAG 2.1.4 asks that they can be turned off). */
  shortcuts: boolean
}

const storageKey = 'vc.preferences'
const initial: Preferences = { theme: 'auto', density: 'compact', timeZone: 'local', language: 'en', shortcuts: true }

function load(): Preferences {
  try {
    return { ...initial, ...JSON.parse(localStorage.getItem(storageKey) ?? '{}') }
  } catch {
    return initial
  }
}

let current = load()
const listeners = new Set<() => void>()

export function getPreferences(): Preferences {
  return current
}

/** Changes some preferences, keeps them, and tells everything that shows them. */
export function setPreferences(change: Partial<Preferences>): void {
  current = { ...current, ...change }
  localStorage.setItem(storageKey, JSON.stringify(current))
  for (const listener of listeners) listener()
}

export function onPreferences(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/** Whether anything was ever chosen in this browser. */
export function hasOwnPreferences(): boolean {
  return localStorage.getItem(storageKey) !== null
}

export function usePreferences(): Preferences {
  return useSyncExternalStore(onPreferences, getPreferences)
}
