import type { Observation } from '../../api/models'

/** A row that a host reported, of a hunt or of a collection. */
export type Row = Pick<Observation, 'id' | 'host_id' | 'hostname' | 'source_name' | 'collected_at' | 'data'>

/** The rows as JSON, one a line. */
export function linesOf(rows: Row[]): string {
  return rows.map((row) => JSON.stringify({ hostname: row.hostname, ...row.data })).join('\n')
}

/** The hosts of rows, each once. */
export function hostsOf(rows: Row[]): number[] {
  return [...new Set(rows.map((row) => row.host_id))]
}

/** What rows came from. */
export interface Origin {
  kind: 'hunt' | 'collection'
  id: number
  /** What a case about them may be called. */
  title: string
}

interface Words {
  /** The first line: where the rows are from. */
  head: string
  note: string
  /** The last line, when not all rows had room. */
  rest: (count: number) => string
}

/**
 * Rows as the comment of a case: what somebody says of them, where they are from, and each with its values. At most `room`
 * characters; what does not fit is counted.
 */
export function commentOf(rows: Row[], { head, note, rest }: Words, room: number): string {
  const first = [note.trim(), head].filter(Boolean).join('\n\n')
  const parts = rows.map(({ hostname, source_name, collected_at, data }) => {
    const json = JSON.stringify(data, null, 2)
    // A fence longer than any in the values, so that none of them ends it.
    const fence = '`'.repeat(Math.max(3, ...[...json.matchAll(/`+/g)].map(([ticks]) => ticks.length + 1)))
    return `**${plain(hostname)}** · ${plain(source_name)} · ${collected_at}\n${fence}json\n${json}\n${fence}`
  })
  let text = first
  for (const [index, part] of parts.entries()) {
    const last = rest(parts.length - index)
    if (text.length + part.length + last.length + 4 > room) return `${text}\n\n${last}`
    text = `${text}\n\n${part}`
  }
  return text
}

/** Text that Markdown shows as it is. */
const plain = (text: string) => text.replace(/[\\`*_[\]<>#|~@]/g, (sign) => `\\${sign}`)
