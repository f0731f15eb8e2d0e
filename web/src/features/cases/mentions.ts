/** The `@na` that is being typed right before the cursor: its words, and where the @ stands. */
export function mentionAt(text: string, cursor: number): { word: string; from: number } | null {
  const found = /(?:^|[^\p{L}\p{N}_@/.=-])@([\p{L}\p{N}_.@+-]*)$/u.exec(text.slice(0, cursor))
  if (!found) return null
  const word = found[1] ?? ''
  return { word, from: cursor - word.length - 1 }
}

/** The text with the name chosen in place of what was typed, and where the cursor goes. */
export function withMention(
  text: string,
  cursor: number,
  from: number,
  name: string,
): { text: string; cursor: number } {
  const before = `${text.slice(0, from)}@${name} `
  return { text: before + text.slice(cursor).replace(/^ /, ''), cursor: before.length }
}

/** The few whose names fit, those that begin with the word first. */
export function fitting<Person extends { username: string }>(people: readonly Person[], word: string): Person[] {
  const wanted = word.toLowerCase()
  const at = ({ username }: Person) => username.toLowerCase().indexOf(wanted)
  return people
    .filter((person) => at(person) >= 0)
    .sort((a, b) => at(a) - at(b) || a.username.localeCompare(b.username))
    .slice(0, 6)
}
