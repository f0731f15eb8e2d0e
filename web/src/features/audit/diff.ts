/** One field of what changed, by its path: `settings.time_zone`, `actions[2].params.url`. */
export interface Change {
  path: string
  kind: 'added' | 'removed' | 'changed' | 'same'
  before?: unknown
  after?: unknown
}

/** So that a value of any depth stays readable: deeper than this it is shown as JSON. */
const deepest = 6

const absent = Symbol('absent')
type Side = unknown | typeof absent

function isRecord(value: Side): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** A list worth looking into: one of objects. Lists of plain values are one value. */
function isNested(value: Side): value is unknown[] {
  return Array.isArray(value) && value.some((item) => typeof item === 'object' && item !== null)
}

/** The parts of a value with the names that lead to them; null for what has none. */
function partsOf(value: Side): Map<string, unknown> | null {
  if (isRecord(value)) {
    const entries = Object.entries(value)
    return entries.length > 0 ? new Map(entries.map(([key, part]) => [`.${key}`, part])) : null
  }
  if (isNested(value)) return new Map(value.map((part, index) => [`[${index}]`, part]))
  return null
}

function equal(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true
  if (Array.isArray(a) && Array.isArray(b))
    return a.length === b.length && a.every((item, index) => equal(item, b[index]))
  if (!isRecord(a) || !isRecord(b)) return false
  const keys = Object.keys(a)
  return keys.length === Object.keys(b).length && keys.every((key) => key in b && equal(a[key], b[key]))
}

function leaf(path: string, before: Side, after: Side): Change {
  if (before === absent) return { path, kind: 'added', after }
  if (after === absent) return { path, kind: 'removed', before }
  return { path, kind: equal(before, after) ? 'same' : 'changed', before, after }
}

function walk(path: string, before: Side, after: Side, depth: number, found: Change[]): void {
  const [old, fresh] = [partsOf(before), partsOf(after)]
  // Both sides must be of one kind, or one of them absent, for their parts to be comparable.
  const comparable =
    (old !== null || fresh !== null) &&
    (before === absent ||
      after === absent ||
      (old !== null && fresh !== null && Array.isArray(before) === Array.isArray(after)))
  if (!comparable || depth >= deepest) {
    found.push(leaf(path, before, after))
    return
  }
  for (const name of new Set([...(old?.keys() ?? []), ...(fresh?.keys() ?? [])])) {
    const side = (parts: Map<string, unknown> | null): Side => (parts?.has(name) ? parts.get(name) : absent)
    walk(path === '' ? name.replace(/^\./, '') : path + name, side(old), side(fresh), depth + 1, found)
  }
}

const order = { changed: 0, added: 1, removed: 2, same: 3 }

/** What is different between two states of a row, field by field; what stayed the same comes last. Either may be missing. */
export function compare(before: unknown, after: unknown): Change[] {
  const side = (value: unknown): Side => (value === null || value === undefined ? absent : value)
  const [old, fresh] = [side(before), side(after)]
  if (old === absent && fresh === absent) return []
  const found: Change[] = []
  walk('', old, fresh, 0, found)
  return found.sort((a, b) => order[a.kind] - order[b.kind])
}

/** One line of a text that changed. */
interface TextLine {
  kind: 'added' | 'removed' | 'same'
  text: string
}

const longest = 600

/** How a text of several lines became another, or null when it is too long to say so. */
export function compareLines(before: string, after: string): TextLine[] | null {
  const [a, b] = [before.split('\n'), after.split('\n')]
  if (a.length > longest || b.length > longest) return null
  const common = commonFrom(a, b)
  const lines: TextLine[] = []
  let [i, j] = [0, 0]
  while (i < a.length && j < b.length) {
    const [old, fresh] = [a[i] ?? '', b[j] ?? '']
    if (old === fresh) {
      lines.push({ kind: 'same', text: old })
      i += 1
      j += 1
    } else if (common(i + 1, j) >= common(i, j + 1)) {
      lines.push({ kind: 'removed', text: old })
      i += 1
    } else {
      lines.push({ kind: 'added', text: fresh })
      j += 1
    }
  }
  const rest = (kind: TextLine['kind'], texts: string[]) => texts.map((text): TextLine => ({ kind, text }))
  return [...lines, ...rest('removed', a.slice(i)), ...rest('added', b.slice(j))]
}

/** How many lines two texts have in common from each place on, at best. */
function commonFrom(a: string[], b: string[]): (i: number, j: number) => number {
  const width = b.length + 1
  const table = new Uint16Array((a.length + 1) * width)
  const at = (i: number, j: number) => table[i * width + j] ?? 0
  for (let i = a.length - 1; i >= 0; i -= 1) {
    for (let j = b.length - 1; j >= 0; j -= 1) {
      table[i * width + j] = a[i] === b[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1))
    }
  }
  return at
}

/** The changed lines with a few around them; null stands for lines left out. */
export function withContext(lines: TextLine[], around = 2): (TextLine | null)[] {
  const near = (index: number) =>
    lines.slice(Math.max(0, index - around), index + around + 1).some((line) => line.kind !== 'same')
  const shown: (TextLine | null)[] = []
  lines.forEach((line, index) => {
    if (near(index)) shown.push(line)
    else if (shown.at(-1) !== null) shown.push(null)
  })
  return shown
}
