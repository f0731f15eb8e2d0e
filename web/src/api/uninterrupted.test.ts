import { describe, expect, it } from 'vitest'
import { type Mark, uninterrupted } from './uninterrupted'

function browser(begun: number | null) {
  let value = begun
  const waits: number[] = []
  const mark: Mark = { get: () => value, set: (next) => (value = next) }
  const sleep = async (milliseconds: number) => waits.push(milliseconds)
  const run = <T>(work: () => Promise<T>) => uninterrupted(mark, () => 10_000, sleep, work)
  return { mark, waits, run }
}

describe('work that a page may take with it', () => {
  it('is marked while it runs', async () => {
    const { mark, waits, run } = browser(null)
    expect(await run(async () => mark.get())).toBe(10_000)
    expect(mark.get()).toBeNull()
    expect(waits).toEqual([])
  })

  it('waits for what the page before had begun', async () => {
    const { waits, run } = browser(9_400)
    await run(async () => undefined)
    expect(waits).toEqual([1_400])
  })

  it('waits neither for what is long over nor for a clock that was set back', async () => {
    for (const begun of [1, 7_000, 900_000]) {
      const { waits, run } = browser(begun)
      await run(async () => undefined)
      expect(waits).toEqual([])
    }
  })

  it('takes the mark away when it fails', async () => {
    const { mark, run } = browser(null)
    await expect(run(() => Promise.reject(new Error('refused')))).rejects.toThrow('refused')
    expect(mark.get()).toBeNull()
  })
})
