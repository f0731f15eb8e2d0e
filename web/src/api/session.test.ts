import { describe, expect, it, vi } from 'vitest'
import { Session, type SessionParams, tenantOfToken } from './session'

type Channel = NonNullable<SessionParams['channel']>

/** Tabs of one browser: they share a lock, a cookie and a channel. */
function browser() {
  const channels: Channel[] = []
  let turn = Promise.resolve<unknown>(undefined)
  let issued = 0
  let now = 0
  const renew = vi.fn(async () => {
    issued += 1
    return { access_token: `token-${issued}`, expires_in: 900 }
  })
  const hint = { signedIn: true }
  const tab = () => {
    const channel: Channel = {
      onmessage: null,
      postMessage: (message) => {
        for (const other of channels) if (other !== channel) other.onmessage?.({ data: message } as MessageEvent)
      },
    }
    channels.push(channel)
    return new Session({
      renew,
      exclusively: (work) => {
        const mine = turn.then(work, work)
        turn = mine.catch(() => undefined)
        return mine
      },
      channel,
      hint: { get: () => hint.signedIn, set: (signedIn) => (hint.signedIn = signedIn) },
      now: () => now,
    })
  }
  return { tab, renew, hint, pass: (milliseconds: number) => (now += milliseconds) }
}

const over = { status: 401 }

describe('a session', () => {
  it('refreshes once for many calls at the same time', async () => {
    const { tab, renew } = browser()
    const session = tab()
    const tokens = await Promise.all([session.refresh(null), session.refresh(null), session.refresh(null)])
    expect(tokens).toEqual(['token-1', 'token-1', 'token-1'])
    expect(renew).toHaveBeenCalledOnce()
  })

  it('refreshes once for two tabs: the second takes what the first fetched', async () => {
    const { tab, renew } = browser()
    const [first, second] = [tab(), tab()]
    expect(await Promise.all([first.refresh(null), second.refresh(null)])).toEqual(['token-1', 'token-1'])
    expect(renew).toHaveBeenCalledOnce()
  })

  it('asks again when the token it has was refused', async () => {
    const { tab, renew } = browser()
    const session = tab()
    const spent = await session.refresh(null)
    expect(await session.refresh(spent)).toBe('token-2')
    expect(renew).toHaveBeenCalledTimes(2)
  })

  it('holds no token past its time', async () => {
    const { tab, pass } = browser()
    const session = tab()
    await session.refresh(null)
    expect(session.current()).toBe('token-1')
    pass(890_000)
    expect(session.current()).toBeNull()
  })

  it('expires when the cookie is refused, and is signed in again by a login', async () => {
    const { tab, renew } = browser()
    const session = tab()
    await session.refresh(null)
    renew.mockRejectedValueOnce(over)
    await expect(session.refresh('token-1')).rejects.toBe(over)
    expect(session.getState()).toBe('expired')
    session.accept({ access_token: 'anew', expires_in: 900 })
    expect(session.getState()).toBe('signed-in')
  })

  it('stays expired, over the open page, however often it is asked for a token', async () => {
    const { tab, renew } = browser()
    const session = tab()
    await session.refresh(null)
    renew.mockRejectedValueOnce(over)
    await expect(session.refresh('token-1')).rejects.toBe(over)
    await expect(session.refresh(null)).rejects.toMatchObject({ status: 401, code: 'session_ended' })
    expect(session.getState()).toBe('expired')
    expect(renew).toHaveBeenCalledTimes(2)
  })

  it('stays signed in when the server can not be reached', async () => {
    const { tab, renew } = browser()
    const session = tab()
    await session.refresh(null)
    renew.mockRejectedValueOnce({ status: 0 })
    await expect(session.refresh('token-1')).rejects.toEqual({ status: 0 })
    expect(session.getState()).toBe('signed-in')
  })

  it('signs out every tab', async () => {
    const { tab } = browser()
    const [first, second] = [tab(), tab()]
    await first.refresh(null)
    expect(second.getState()).toBe('signed-in')
    second.end()
    expect(first.getState()).toBe('signed-out')
    expect(first.current()).toBeNull()
  })

  it('does not ask the server when nobody was signed in', async () => {
    const { tab, renew, hint } = browser()
    hint.signedIn = false
    const session = tab()
    await session.resume()
    expect(session.getState()).toBe('signed-out')
    expect(renew).not.toHaveBeenCalled()
  })

  it('is signed out, not expired, when an old cookie is refused on opening a tab', async () => {
    const { tab, renew, hint } = browser()
    renew.mockRejectedValueOnce(over)
    const session = tab()
    await session.resume()
    expect(session.getState()).toBe('signed-out')
    expect(hint.signedIn).toBe(false)
  })
})

describe('the tenant of a session', () => {
  const tokenFor = (tenant: number) => `x.${btoa(JSON.stringify({ tenant_id: tenant }))}.x`
  const answer = (tenant: number) => ({ access_token: tokenFor(tenant), expires_in: 900 })

  it('is told when it changes: asked for here, found in another tab', () => {
    const { tab } = browser()
    const [first, second] = [tab(), tab()]
    const moves: unknown[] = []
    first.onMove((move) => moves.push(['first', move]))
    second.onMove((move) => moves.push(['second', move]))
    first.accept(answer(1))
    expect(moves).toEqual([])
    first.accept(answer(2), true)
    expect(moves).toEqual([
      ['first', { from: 1, to: 2, asked: true }],
      ['second', { from: 1, to: 2, asked: false }],
    ])
  })

  it('is found to be another when a visit ended meanwhile', async () => {
    const { tab, renew } = browser()
    const session = tab()
    session.accept(answer(2))
    const moved = vi.fn()
    session.onMove(moved)
    renew.mockResolvedValueOnce(answer(1))
    await session.refresh(tokenFor(2))
    expect(moved).toHaveBeenCalledWith({ from: 2, to: 1, asked: false })
  })

  it('outlives an expired session, but not a sign-out', async () => {
    const { tab, renew } = browser()
    const session = tab()
    session.accept(answer(2))
    const moved = vi.fn()
    session.onMove(moved)
    renew.mockRejectedValueOnce(over)
    await session.refresh(tokenFor(2)).catch(() => undefined)
    session.accept(answer(1))
    expect(moved).toHaveBeenCalledOnce()
    session.end()
    session.accept(answer(3))
    expect(moved).toHaveBeenCalledOnce()
  })

  it('is unknown where a token does not say it', () => {
    for (const token of ['', 'token-1', 'a.b.c', `x.${btoa('{"tenant_id":"1"}')}.x`]) {
      expect(tenantOfToken(token)).toBeNull()
    }
  })
})
