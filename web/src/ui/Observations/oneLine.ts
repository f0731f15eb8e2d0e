import { telling, textOf } from './telling'

/** A row in one line: its values, the most telling first. */
export function inOneLine(data: Record<string, unknown> | null | undefined): string {
  return telling(data)
    .map(([key, value]) => `${key}=${textOf(value)}`)
    .join('  ')
    .slice(0, 400)
}
