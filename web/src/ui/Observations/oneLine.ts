/** A row in one line: its first values, in the order they were reported. */
export function inOneLine(data: Record<string, unknown> | null | undefined): string {
  return Object.entries(data ?? {})
    .filter(([, value]) => value !== null && value !== '')
    .map(([key, value]) => `${key}=${typeof value === 'object' ? JSON.stringify(value) : String(value)}`)
    .join('  ')
    .slice(0, 400)
}
