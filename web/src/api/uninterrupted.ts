/** How long the answer to a request may take that outlives its page, in milliseconds. */
const answered = 2_000

export interface Mark {
  /** When the work was begun that has not ended, in milliseconds since 1970; null when there is none. */
  get: () => number | null
  set: (begun: number | null) => void
}

/**
 * Runs work that must not run again before it has ended, even when its page is left or loaded anew meanwhile: the next
 * page finds the mark and waits until the answer has come. A refresh is such work. Its cookie is spent as soon as it is
 * sent, and to send a spent one looks like theft.
 */
export async function uninterrupted<T>(
  mark: Mark,
  now: () => number,
  sleep: (milliseconds: number) => Promise<unknown>,
  work: () => Promise<T>,
): Promise<T> {
  const begun = mark.get()
  const left = begun === null ? 0 : begun + answered - now()
  if (left > 0 && left <= answered) await sleep(left)
  mark.set(now())
  try {
    return await work()
  } finally {
    mark.set(null)
  }
}
