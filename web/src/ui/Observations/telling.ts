/** What an analyst looks at first in a row, whatever the artifact calls it. The database does not keep the order of values. */
const first = [
  /^(name|process_?name|image_?name|task_?name|service_?name|displayname)$/i,
  /^(command_?line|cmd_?line|command|launchstring|entry|action)s?$/i,
  /^(full_?path|os_?path|path|exe|image(path)?|pathname|file_?name|file|executable|binary)$/i,
  /^(user_?name|user|account|owner)$/i,
  /^(r(emote)?_?(ip|addr(ess)?)|raddr|dest(ination)?_?(ip|addr(ess)?)?|fqdn|hostname|domain|url|query)/i,
  /^(l(ocal)?_?(ip|addr(ess)?)|laddr|src(_?ip)?|source_?ip)/i,
  /^(status|state|event_?id|description|message|details|value|type)$/i,
  /^(pid|ppid|parent)/i,
]
const times = /(time|date|timestamp|created|modified|_at|mtime|atime|ctime|btime)$/i

/** How much a value tells at a glance: the less, the more. */
function rank(key: string, value: unknown): number {
  const known = first.findIndex((pattern) => pattern.test(key))
  if (typeof value === 'object') return 40
  if (known >= 0) return known
  if (times.test(key)) return 30
  return typeof value === 'string' ? 20 : 25
}

const isEmpty = (value: unknown) =>
  value === null ||
  value === undefined ||
  value === '' ||
  (typeof value === 'object' && Object.values(value).every((each) => each === null || each === ''))

/** The values of a row that are there, the most telling first. */
export function telling(data: Record<string, unknown> | null | undefined): [key: string, value: unknown][] {
  return Object.entries(data ?? {})
    .filter(([, value]) => !isEmpty(value))
    .toSorted(([a, x], [b, y]) => rank(a, x) - rank(b, y))
}

/** A value as one line of text. */
export const textOf = (value: unknown) =>
  isEmpty(value) ? '' : typeof value === 'object' ? JSON.stringify(value) : String(value)

/** So many rows say what rows of their kind have. */
const sample = 50

/**
 * The values that deserve a column of their own, in rows of one kind: those that tell most, at most so many. Empty where rows
 * have too little in common.
 */
export function columnsOf(rows: readonly { data: unknown }[], most: number): string[] {
  const looked = rows.slice(0, sample).map(({ data }) => (data ?? {}) as Record<string, unknown>)
  const seen = new Map<string, { times: number; rank: number }>()
  for (const data of looked) {
    for (const [key, value] of telling(data)) {
      if (typeof value === 'object') continue
      const before = seen.get(key)
      seen.set(key, { times: (before?.times ?? 0) + 1, rank: before?.rank ?? rank(key, value) })
    }
  }
  return [...seen]
    .filter(([, { times: count }]) => count * 5 >= looked.length)
    .toSorted(([, a], [, b]) => a.rank - b.rank)
    .slice(0, most)
    .map(([key]) => key)
}
