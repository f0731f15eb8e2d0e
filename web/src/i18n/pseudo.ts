const accents: Record<string, string> = {
  a: 'á',
  c: 'ç',
  e: 'é',
  i: 'í',
  n: 'ñ',
  o: 'ó',
  s: 'š',
  u: 'ú',
  y: 'ý',
  A: 'Å',
  C: 'Ç',
  E: 'É',
  I: 'Î',
  N: 'Ñ',
  O: 'Ø',
  S: 'Š',
  U: 'Û',
}

function accent(text: string): string {
  // Placeholders stay as they are: {{count}} is a name, not a word.
  const parts = text.split(/(\{\{.*?\}\}|<\/?\d+>)/)
  const long = parts.map((part, index) => (index % 2 ? part : part.replace(/[a-zA-Z]/g, (c) => accents[c] ?? c)))
  return `[${long.join('')}${'~'.repeat(Math.ceil(text.length / 4))}]`
}

/** The same texts, accented and about a third longer, so that what was not translated or does not fit shows at once. */
export function pseudo<Texts>(texts: Texts): Texts {
  if (typeof texts === 'string') return accent(texts) as Texts
  if (typeof texts !== 'object' || texts === null) return texts
  return Object.fromEntries(Object.entries(texts).map(([key, value]) => [key, pseudo(value)])) as Texts
}
