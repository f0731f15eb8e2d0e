import { type LiveMessage, parseMessage } from './protocol'

/** The part of WebSocket the connection needs. */
export interface SocketLike {
  readonly readyState: number
  send(data: string): void
  close(): void
  onopen: (() => void) | null
  onmessage: ((event: { data: unknown }) => void) | null
  onclose: ((event: { code: number }) => void) | null
}

interface ConnectionParams {
  open: () => SocketLike
  /** A good token; `fresh` when the server has just refused the present one. */
  token: (fresh: boolean) => Promise<string>
  lastSeq: () => number | null
  onMessage: (message: LiveMessage) => void
  onUp: (reconnected: boolean) => void
  onDown: () => void
  timers: { set: (work: () => void, delay: number) => number; clear: (id: number) => void }
  /** In [0, 1), for jitter. */
  random: () => number
}

const isOpen = 1 // WebSocket.OPEN, which is not there where the tests run
const tokenRefused = 4401
const firstDelay = 1_000
const longestDelay = 30_000

/** How long to wait before try number `attempt` (from 0): doubled each time, at most 30 s, half of it by chance. */
export function backoff(attempt: number, random: number): number {
  const full = Math.min(longestDelay, firstDelay * 2 ** attempt)
  return Math.round(full / 2 + (full / 2) * random)
}

/** Keeps one socket open until it is stopped. */
export class Connection {
  private socket: SocketLike | null = null
  private timer: number | null = null
  private attempt = 0
  private opened = 0
  private stopped = false
  private up = false

  constructor(private readonly params: ConnectionParams) {}

  start(): void {
    void this.dial(false)
  }

  stop(): void {
    this.stopped = true
    if (this.timer !== null) this.params.timers.clear(this.timer)
    this.drop()
  }

  /** Hands a fresh token to the open socket, which extends it. One that is closing is dialled anew, with a fresh token, when it has closed. */
  extend(token: string): void {
    if (this.up && this.socket?.readyState === isOpen) this.socket.send(JSON.stringify({ token }))
  }

  /** Dials at once: the machine has come back online. */
  hurry(): void {
    if (this.stopped || this.up || this.timer === null) return
    this.params.timers.clear(this.timer)
    void this.dial(false)
  }

  private async dial(freshToken: boolean): Promise<void> {
    this.timer = null
    let token: string
    try {
      token = await this.params.token(freshToken)
    } catch {
      return this.later(false)
    }
    if (this.stopped) return
    this.listen(this.params.open(), token)
  }

  private listen(socket: SocketLike, token: string): void {
    this.socket = socket
    socket.onopen = () => {
      const lastSeq = this.params.lastSeq()
      socket.send(JSON.stringify(lastSeq === null ? { token } : { token, last_seq: lastSeq }))
      this.up = true
      this.opened += 1
      this.params.onUp(this.opened > 1)
    }
    socket.onmessage = (event) => {
      this.attempt = 0
      const message = parseMessage(event.data)
      if (message) this.params.onMessage(message)
    }
    socket.onclose = (event) => {
      this.drop()
      if (this.stopped) return
      this.params.onDown()
      this.later(event.code === tokenRefused)
    }
  }

  private later(freshToken: boolean): void {
    if (this.stopped) return
    const delay = backoff(this.attempt, this.params.random())
    this.attempt += 1
    this.timer = this.params.timers.set(() => void this.dial(freshToken), delay)
  }

  private drop(): void {
    const socket = this.socket
    this.socket = null
    this.up = false
    if (!socket) return
    socket.onopen = null
    socket.onmessage = null
    socket.onclose = null
    socket.close()
  }
}
