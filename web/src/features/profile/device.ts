interface Device {
  browser: string
  /** Empty when the name tells nothing of it. */
  system: string
  kind: 'desktop' | 'phone' | 'program'
}

// The first that matches: Edge and Opera call themselves Chrome, Chrome calls itself Safari.
const browsers: [RegExp, string][] = [
  [/\bEdgA?\//, 'Edge'],
  [/\bOPR\//, 'Opera'],
  [/\bSamsungBrowser\//, 'Samsung Internet'],
  [/\b(Firefox|FxiOS)\//, 'Firefox'],
  [/\b(Chrome|CriOS|HeadlessChrome)\//, 'Chrome'],
  [/\bVersion\/.*\bSafari\//, 'Safari'],
]
const systems: [RegExp, string][] = [
  [/\biPhone\b/, 'iPhone'],
  [/\biPad\b/, 'iPad'],
  [/\bAndroid\b/, 'Android'],
  [/\bWindows\b/, 'Windows'],
  [/\bMac OS X\b|\bMacintosh\b/, 'macOS'],
  [/\bCrOS\b/, 'ChromeOS'],
  [/\bLinux\b/, 'Linux'],
]

/** What a user agent's name tells of the device; null when it tells nothing. */
export function deviceOf(userAgent: string): Device | null {
  const named = (list: [RegExp, string][]) => list.find(([pattern]) => pattern.test(userAgent))?.[1] ?? ''
  const browser = named(browsers)
  if (browser) {
    const system = named(systems)
    return { browser, system, kind: /iPhone|Android/.test(system) ? 'phone' : 'desktop' }
  }
  const program = /^([A-Za-z][\w.-]*)(?:\/(\S+))?/.exec(userAgent)
  if (!program || program[1] === 'Mozilla') return null
  return { browser: program[2] ? `${program[1]} ${program[2]}` : (program[1] ?? ''), system: '', kind: 'program' }
}
