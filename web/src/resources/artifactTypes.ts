/** The kinds of indicator there are. */
export const artifactTypes = ['hash', 'ip', 'domain', 'email', 'url', 'file', 'registry', 'other'] as const
export type ArtifactType = (typeof artifactTypes)[number]

const looks: [RegExp, ArtifactType][] = [
  [/^([a-f0-9]{32}|[a-f0-9]{40}|[a-f0-9]{64}|[a-f0-9]{128})$/i, 'hash'],
  [/^(\d{1,3}\.){3}\d{1,3}$/, 'ip'],
  [/^[a-f0-9:]*:[a-f0-9:]*:[a-f0-9:.]*$/i, 'ip'],
  [/^[a-z][a-z0-9+.-]*:\/\//i, 'url'],
  [/^[^\s@]+@[^\s@]+\.[^\s@]+$/, 'email'],
  [/^(HK(LM|CU|CR|U|CC)|HKEY_[A-Z_]+)\\/i, 'registry'],
  [/^([a-z]:\\|\\\\|\/)/i, 'file'],
  [/^([a-z0-9_]([a-z0-9_-]*[a-z0-9])?\.)+[a-z][a-z0-9-]*$/i, 'domain'],
]

/** What a value looks like, or null when it looks like nothing in particular. */
export function guessType(value: string): ArtifactType | null {
  return looks.find(([pattern]) => pattern.test(value))?.[1] ?? null
}

/** A value as it was before somebody made it harmless to click: hxxp://evil[.]com is http://evil.com. */
export function refang(value: string): string {
  return value
    .trim()
    .replace(/^hxxp/i, 'http')
    .replace(/\[(\.|:|:\/\/|@)\]/g, '$1')
    .replace(/\((\.)\)/g, '$1')
    .replace(/\[dot\]/gi, '.')
    .replace(/\[at\]/gi, '@')
}
