import { describe, expect, it } from 'vitest'
import type { Batch } from '../../api/models'
import { type Send, Uploads } from './uploads'

/** A server that answers when it is told to. */
function setup() {
  const sent: (Send & { done: (batch: Partial<Batch>) => void; fail: (error: unknown) => void })[] = []
  let keys = 0
  const uploads = new Uploads(
    (what) =>
      new Promise((done, fail) => {
        sent.push({ ...what, done: (batch) => done(batch as Batch), fail })
        what.signal.addEventListener('abort', () => fail(new Error('aborted')))
      }),
    () => `key-${++keys}`,
  )
  const states = () => uploads.list().map(({ name, state }) => `${name} ${state}`)
  const settle = () => new Promise((resolve) => setTimeout(resolve))
  return { uploads, sent, states, settle }
}

const files = (...names: string[]) => names.map((name) => new File(['{}'], name))

describe('files on their way', () => {
  it('go two at a time, in their order, with what was chosen for them', async () => {
    const { uploads, sent, states, settle } = setup()
    uploads.add(files('a', 'b', 'c'), { source: 'KAPE' })
    expect(states()).toEqual(['a sending', 'b sending', 'c waiting'])
    expect(sent[0]?.query).toEqual({ source: 'KAPE', filename: 'a' })
    sent[1]?.done({ id: 7 })
    await settle()
    expect(states()).toEqual(['a sending', 'b sent', 'c sending'])
    expect(uploads.list()[1]?.batch?.id).toBe(7)
    expect(uploads.busy()).toBe(true)
  })

  it('tell how far they are', () => {
    const { uploads, sent } = setup()
    uploads.add(files('a'), {})
    sent[0]?.onProgress(0.25)
    expect(uploads.list()[0]?.sent).toBe(0.25)
  })

  it('can be cancelled, which lets the next one go', async () => {
    const { uploads, sent, states, settle } = setup()
    uploads.add(files('a', 'b', 'c'), {})
    uploads.cancel('key-1')
    await settle()
    expect(sent[0]?.signal.aborted).toBe(true)
    expect(states()).toEqual(['a cancelled', 'b sending', 'c sending'])
  })

  it('are sent again under the same key after a failure', async () => {
    const { uploads, sent, states, settle } = setup()
    uploads.add(files('a'), {})
    sent[0]?.fail(new Error('the network is gone'))
    await settle()
    expect(states()).toEqual(['a failed'])
    expect(uploads.busy()).toBe(false)
    uploads.again('key-1')
    expect(sent.map(({ key }) => key)).toEqual(['key-1', 'key-1'])
    expect(states()).toEqual(['a sending'])
  })

  it('leave the list when they are over', async () => {
    const { uploads, sent, states, settle } = setup()
    uploads.add(files('a', 'b'), {})
    sent[0]?.done({ id: 1 })
    await settle()
    uploads.clear()
    expect(states()).toEqual(['b sending'])
  })
})
