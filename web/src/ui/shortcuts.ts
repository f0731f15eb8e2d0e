import { useEffect, useRef } from 'react'
import { getPreferences } from '../app/preferences'

type Keys = Record<string, () => void>

const stack: { keys: Keys }[] = []
/** The first key of a pair, and when it was pressed; a busy page may hear of it much later. */
let prefix: { key: string; at: number } | null = null

/** The search key, pressed before the page's filters were there, and when: the field takes it once it comes. */
let searchAsked: number | null = null
const searchKey = '/'

const typedInto = 'input:not([type="checkbox"], [type="radio"]), textarea, select, [role="textbox"], [role="combobox"]'

/** Whether typing belongs to what has the focus; a box one ticks takes no letters. */
function inField(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || target.closest(typedInto) !== null)
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
  searchAsked = null
  const work = (afterPrefix && find(afterPrefix)) || find(event.key)
  if (work) {
    event.preventDefault()
    work()
  } else if (event.key === 'g') {
    prefix = { key: event.key, at: event.timeStamp }
  } else if (event.key === searchKey) {
    searchAsked = event.timeStamp
    event.preventDefault()
  }
}

/** Does what was asked for before it could be done, unless it was too long ago. */
function catchUp(keys: Keys): void {
  const work = keys[searchKey]
  if (searchAsked === null || !work) return
  const late = performance.now() - searchAsked > 3_000
  searchAsked = null
  if (!late && !inField(document.activeElement) && !inDialog()) work()
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
    catchUp(mine.keys)
    return () => {
      stack.splice(stack.indexOf(mine), 1)
      if (stack.length === 0) window.removeEventListener('keydown', onKey)
    }
  }, [])
}
