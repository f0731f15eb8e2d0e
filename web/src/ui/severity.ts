export const severities = ['critical', 'high', 'medium', 'low', 'info'] as const
export type Severity = (typeof severities)[number]

/** The bands of a threat score, highest first, with their lowest score in percent. */
export const bands = [
  { band: 'critical', from: 90 },
  { band: 'high', from: 70 },
  { band: 'medium', from: 40 },
  { band: 'low', from: 15 },
  { band: 'benign', from: 0 },
] as const
type Band = (typeof bands)[number]['band']

/** A score of 0 to 1 as the whole number the screen shows. */
export function percent(score: number): number {
  return Math.round(Math.min(1, Math.max(0, score)) * 100)
}

/** The band a score of 0 to 1 falls in. It follows the number shown, so that 0.895 is "90 critical". */
export function bandOf(score: number): Band {
  const shown = percent(score)
  return bands.find((entry) => shown >= entry.from)?.band ?? 'benign'
}

/** The severity whose colours and shape a word takes; benign and unknown words look like info. */
export function severityOf(word: string | null | undefined): Severity {
  const found = severities.find((severity) => severity === word)
  return found ?? 'info'
}
