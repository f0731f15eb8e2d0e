import { describe, expect, it, vi } from 'vitest'
import { backoff, Connection, type SocketLike } from './socket'

class FakeSocket implements SocketLike {
  sent: unknown[] = []
  closed = false
  readyState = 1 // open
  onopen: (() => void) | null = null
  onmessage: ((event: { data: unknown }) => void) | null = null
  onclose: ((event: { code: number }) => void) | null = null
  send(data: string) {
    this.sent.push(JSON.parse(data))
  }
  close() {
    this.closed = true
  }
}

function setup(lastSeq: number | null = null) {
  const sockets: FakeSocket[] = []
  const timers: { work: () => void; delay: number }[] = []
  const token = vi.fn(async (fresh: boolean) => (fresh ? 'fresh' : 'present'))
  const params = { onMessage: vi.fn(), onUp: vi.fn(), onDown: vi.fn() }
  const connection = new Connection({
    ...params,
    open: () => {
      const socket = new FakeSocket()
      sockets.push(socket)
      return socket
    },
    token,
    lastSeq: () => lastSeq,
    timers: { set: (work, delay) => timers.push({ work, delay }), clear: () => undefined },
    random: () => 0.5,
  })
  const settled = () => new Promise((resolve) => setTimeout(resolve))
  return { connection, sockets, timers, token, settled, ...params }
}

describe('the connection', () => {
  it('sends the token first, and where it stopped listening', async () => {
    const { connection, sockets, settled, onUp } = setup(41)
    connection.start()
    await settled()
    sockets[0]?.onopen?.()
    expect(sockets[0]?.sent).toEqual([{ token: 'present', last_seq: 41 }])
    expect(onUp).toHaveBeenCalledWith(false)
  })

  it('dials again after it was cut off, with the present token', async () => {
    const { connection, sockets, timers, token, settled, onDown, onUp } = setup()
    connection.start()
    await settled()
    sockets[0]?.onopen?.()
    sockets[0]?.onclose?.({ code: 4408 })
    expect(onDown).toHaveBeenCalledOnce()
    timers[0]?.work()
    await settled()
    sockets[1]?.onopen?.()
    expect(token).toHaveBeenLastCalledWith(false)
    expect(onUp).toHaveBeenLastCalledWith(true)
  })

  it('fetches a fresh token when the server refused the old one', async () => {
    const { connection, sockets, timers, token, settled } = setup()
    connection.start()
    await settled()
    sockets[0]?.onopen?.()
    sockets[0]?.onclose?.({ code: 4401 })
    timers[0]?.work()
    await settled()
    expect(token).toHaveBeenLastCalledWith(true)
    sockets[1]?.onopen?.()
    expect(sockets[1]?.sent).toEqual([{ token: 'fresh' }])
  })

  it('extends an open socket, and says nothing to a closed one', async () => {
    const { connection, sockets, settled } = setup()
    connection.start()
    await settled()
    connection.extend('early')
    sockets[0]?.onopen?.()
    connection.extend('next')
    expect(sockets[0]?.sent).toEqual([{ token: 'present' }, { token: 'next' }])
    if (sockets[0]) sockets[0].readyState = 2 // closing
    connection.extend('late')
    expect(sockets[0]?.sent).toHaveLength(2)
  })

  it('does not dial again once stopped', async () => {
    const { connection, sockets, timers, settled, onDown } = setup()
    connection.start()
    await settled()
    sockets[0]?.onopen?.()
    connection.stop()
    expect(sockets[0]?.closed).toBe(true)
    expect(timers).toHaveLength(0)
    expect(onDown).not.toHaveBeenCalled()
  })

  it('waits longer each time, never over 30 s', () => {
    expect([0, 1, 2, 10].map((attempt) => backoff(attempt, 0))).toEqual([500, 1000, 2000, 15_000])
    expect(backoff(10, 0.999)).toBeLessThanOrEqual(30_000)
  })
})
