import { useEffect, useRef } from 'react'
import { getPreferences } from '../app/preferences'

type Keys = Record<string, () => void>

const stack: { keys: Keys }[] = []
/** The first key of a pair, and when it was pressed; a busy page may hear of it much later. */
let prefix: { key: string; at: number } | null = null

/** Whether typing belongs to what has the focus. */
function inField(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false
  return (
    target.isContentEditable || target.closest('input, textarea, select, [role="textbox"], [role="combobox"]') !== null
  )
}

function inDialog(): boolean {
  return document.querySelector('[role="dialog"][aria-modal="true"], [role="menu"]') !== null
}

function find(name: string): (() => void) | undefined {
  // The screen that mounted last wins: a page over the shell.
  for (let index = stack.length - 1; index >= 0; index -= 1) {
    const work = stack[index]?.keys[name]
    if (work) return work
  }
  return undefined
}

function onKey(event: KeyboardEvent): void {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return
  if (!getPreferences().shortcuts || inField(event.target) || inDialog()) return
  const afterPrefix = prefix && event.timeStamp - prefix.at < 1_500 ? `${prefix.key} ${event.key}` : null
  prefix = null
  const work = (afterPrefix && find(afterPrefix)) || find(event.key)
  if (work) {
    event.preventDefault()
    work()
  } else if (event.key === 'g') {
    prefix = { key: event.key, at: event.timeStamp }
  }
}

/**
 * Single-key shortcuts while the component is mounted: `j`, or a pair such as `g h`. They rest while a field or a
 * dialog has the focus, and when the person turned them off.
 */
export function useShortcuts(keys: Keys): void {
  const entry = useRef({ keys })
  entry.current.keys = keys
  useEffect(() => {
    const mine = entry.current
    if (stack.length === 0) window.addEventListener('keydown', onKey)
    stack.push(mine)
    return () => {
      stack.splice(stack.indexOf(mine), 1)
      if (stack.length === 0) window.removeEventListener('keydown', onKey)
    }
  }, [])
}
