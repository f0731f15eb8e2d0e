import { useSyncExternalStore } from 'react'

const queries = {
  sm: '(min-width: 600px)',
  md: '(min-width: 768px)',
  lg: '(min-width: 1100px)',
  xl: '(min-width: 1280px)',
}
type Width = 'xs' | keyof typeof queries
const order: Width[] = ['xs', 'sm', 'md', 'lg', 'xl']

function read(): Width {
  if (window.matchMedia(queries.xl).matches) return 'xl'
  if (window.matchMedia(queries.lg).matches) return 'lg'
  if (window.matchMedia(queries.md).matches) return 'md'
  return window.matchMedia(queries.sm).matches ? 'sm' : 'xs'
}

function watch(watcher: () => void): () => void {
  const lists = Object.values(queries).map((query) => window.matchMedia(query))
  for (const list of lists) list.addEventListener('change', watcher)
  return () => {
    for (const list of lists) list.removeEventListener('change', watcher)
  }
}

/** How wide the window is, in the steps the layout knows. */
export function useWidth(): Width {
  return useSyncExternalStore(watch, read)
}

/** Whether a width is at least another. */
export function atLeast(width: Width, least: Width): boolean {
  return order.indexOf(width) >= order.indexOf(least)
}
