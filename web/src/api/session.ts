import { Problem } from './problem'

/**
 * The browser's half of a session: the access token lives in this memory only, the refresh token in a cookie scripts
 * can't read. Tabs refresh under one lock, because a rotated cookie must not be spent twice, and share the outcome.
 */
export interface TokenAnswer {
  access_token: string
  expires_in: number
}

type SessionState = 'unknown' | 'signed-in' | 'signed-out' | 'expired'

/** The session came into another tenant: asked for here, or found in an answer or in another tab. */
export interface Move {
  from: number
  to: number
  asked: boolean
}

interface Message {
  type: 'token' | 'signed-out'
  token?: string
  expiresAt?: number
}

/** The part of BroadcastChannel a session needs. */
interface Channel {
  postMessage(message: Message): void
  onmessage: ((event: MessageEvent<Message>) => void) | null
}

export interface SessionParams {
  /** Asks the server for a fresh token by cookie; rejects with `status` 401 when the session is over. */
  renew: () => Promise<TokenAnswer>
  /** Runs work while no other tab runs its own. */
  exclusively: <T>(work: () => Promise<T>) => Promise<T>
  channel: Channel | null
  /** Remembers, without any secret, that there may be a cookie worth trying. */
  hint: { get: () => boolean; set: (signedIn: boolean) => void }
  now: () => number
}

/** The tenant an access token is for, or null when it does not say. */
export function tenantOfToken(token: string): number | null {
  try {
    const payload = (token.split('.')[1] ?? '').replace(/-/g, '+').replace(/_/g, '/')
    const { tenant_id: tenant } = JSON.parse(atob(payload)) as { tenant_id?: unknown }
    return typeof tenant === 'number' ? tenant : null
  } catch {
    return null
  }
}

/** How long before its end a token is no longer used, in milliseconds. */
const slack = 20_000

export class Session {
  state: SessionState = 'unknown'
  /** The tenant of the last token; kept while the session is expired, so that a different one after it is noticed. */
  tenant: number | null = null
  private token: string | null = null
  private expiresAt = 0
  private pending: Promise<string> | null = null
  private readonly listeners = new Set<() => void>()
  private readonly movers = new Set<(move: Move) => void>()

  constructor(private readonly params: SessionParams) {
    if (params.channel) params.channel.onmessage = (event) => this.hear(event.data)
  }

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  /** Tells when the session comes into another tenant, before anything is asked there. */
  onMove = (mover: (move: Move) => void): (() => void) => {
    this.movers.add(mover)
    return () => this.movers.delete(mover)
  }

  getState = (): SessionState => this.state

  /** The token if it is still good, else null. */
  current(): string | null {
    return this.token && this.params.now() < this.expiresAt - slack ? this.token : null
  }

  /** Tries the cookie once, when a tab opens. */
  async resume(): Promise<void> {
    if (this.state !== 'unknown') return
    if (!this.params.hint.get()) return this.move('signed-out')
    await this.refresh(null).catch(() => {
      if (this.state === 'unknown' || this.state === 'expired') this.move('signed-out')
    })
  }

  /** Takes the answer of a login or, when the person asked for another tenant, of that. */
  accept(answer: TokenAnswer, asked = false): void {
    this.keep(answer.access_token, this.params.now() + answer.expires_in * 1000, asked)
    this.params.channel?.postMessage({ type: 'token', token: answer.access_token, expiresAt: this.expiresAt })
  }

  /** Forgets the session here and in every other tab. */
  end(): void {
    this.forget('signed-out')
    this.params.channel?.postMessage({ type: 'signed-out' })
  }

  /**
   * Gets a token other than the spent one. Calls at the same time share one request; a token that another tab fetched
   * while this one waited for the lock is taken instead of asking again.
   */
  refresh(spent: string | null): Promise<string> {
    // Only a login helps now; the socket and every query would ask again and again.
    if (this.state === 'expired') return Promise.reject(new Problem({ status: 401, code: 'session_ended', detail: '' }))
    this.pending ??= this.params
      .exclusively(async () => {
        const fresh = this.current()
        if (fresh && fresh !== spent) return fresh
        this.accept(await this.params.renew())
        return this.token ?? ''
      })
      .catch((error: unknown) => {
        if ((error as { status?: number }).status === 401) this.forget('expired')
        throw error
      })
      .finally(() => {
        this.pending = null
      })
    return this.pending
  }

  private hear(message: Message): void {
    if (message.type === 'token' && message.token) this.keep(message.token, message.expiresAt ?? 0)
    else if (message.type === 'signed-out') this.forget('signed-out')
  }

  private keep(token: string, expiresAt: number, asked = false): void {
    const from = this.tenant
    const to = tenantOfToken(token) ?? from
    this.token = token
    this.expiresAt = expiresAt
    this.tenant = to
    this.params.hint.set(true)
    if (from !== null && to !== null && from !== to) for (const mover of this.movers) mover({ from, to, asked })
    this.move('signed-in')
  }

  private forget(state: 'signed-out' | 'expired'): void {
    // A session can end under an open page only; where there was none there is nothing to go on with.
    const wasOpen = this.state === 'signed-in' || this.state === 'expired'
    this.token = null
    this.expiresAt = 0
    if (state === 'signed-out') this.tenant = null
    this.params.hint.set(false)
    this.move(state === 'expired' && !wasOpen ? 'signed-out' : state)
  }

  private move(state: SessionState): void {
    this.state = state
    for (const listener of this.listeners) listener()
  }
}
