// @vitest-environment jsdom
import { AxiosError, AxiosHeaders, type InternalAxiosRequestConfig } from 'axios'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { call, download, list, nextCursor } from './call'
import { http, session } from './http'
import { Problem } from './problem'
import { stepUp } from './stepUp'

type Reply = { status: number; data?: unknown; headers?: Record<string, string> }

/** Answers requests in place of the network, and keeps them. */
function answerWith(reply: (config: InternalAxiosRequestConfig) => Reply) {
  const requests: InternalAxiosRequestConfig[] = []
  http.defaults.adapter = async (config) => {
    requests.push(config)
    const { status, data = '', headers = {} } = reply(config)
    const response = { status, data, statusText: '', headers: new AxiosHeaders(headers), config }
    if (status < 400) return response
    throw new AxiosError('refused', 'ERR_BAD_REQUEST', config, null, response)
  }
  return requests
}

const adapter = http.defaults.adapter
beforeEach(() => session.accept({ access_token: 'first', expires_in: 900 }))
afterEach(() => {
  http.defaults.adapter = adapter
  session.end()
})

const tokenOf = (tenant: number) => `x.${btoa(JSON.stringify({ tenant_id: tenant }))}.x`

describe('a call meant for a tenant', () => {
  it('is not sent to another when the visit ended meanwhile', async () => {
    session.accept({ access_token: tokenOf(2), expires_in: 900 })
    const requests = answerWith(({ url }) =>
      url === '/api/auth/refresh'
        ? { status: 200, data: { access_token: tokenOf(1), expires_in: 900 } }
        : { status: 401, data: { code: 'visit_ended' } },
    )
    const sent = call('post', '/api/hosts', { body: { hostname: 'x' } })
    await expect(sent).rejects.toMatchObject({ code: 'visit_ended' })
    expect(requests.map((request) => request.url)).toEqual(['/api/hosts', '/api/auth/refresh'])
  })

  it('is not sent at all when a fresh token turns out to be for another', async () => {
    session.accept({ access_token: tokenOf(2), expires_in: 1 })
    const requests = answerWith(() => ({ status: 200, data: { access_token: tokenOf(1), expires_in: 900 } }))
    await expect(call('get', '/api/dashboard', {})).rejects.toMatchObject({ code: 'visit_ended' })
    expect(requests.map((request) => request.url)).toEqual(['/api/auth/refresh'])
  })

  it('is not repeated elsewhere after the proof of who asks', async () => {
    session.accept({ access_token: tokenOf(2), expires_in: 900 })
    const leave = stepUp.subscribe(() => {
      if (!stepUp.isAsked()) return
      session.accept({ access_token: tokenOf(1), expires_in: 900 })
      queueMicrotask(stepUp.prove)
    })
    const requests = answerWith(() => ({ status: 403, data: { code: 'step_up_required' } }))
    const sent = call('post', '/api/hosts', { body: { hostname: 'x' } })
    await expect(sent).rejects.toMatchObject({ code: 'visit_ended' })
    expect(requests).toHaveLength(1)
    leave()
  })
})

describe('a download', () => {
  it('is a file, and its refusal a problem all the same', async () => {
    answerWith(() => ({ status: 200, data: new Blob(['id']) }))
    expect(await download('/api/audit/export', { query: { format: 'csv' } })).toBeInstanceOf(Blob)
    // The environment's files can't be read as text, a browser's can.
    const refusal = Object.assign(new Blob(), { text: async () => '{"code":"permission_denied","detail":"no"}' })
    answerWith(() => ({ status: 403, data: refusal }))
    await expect(download('/api/audit/export', { query: { format: 'csv' } })).rejects.toMatchObject({
      code: 'permission_denied',
    })
  })
})

describe('a call', () => {
  it('fills in the path and carries the token', async () => {
    const requests = answerWith(() => ({ status: 200, data: { id: 7 } }))
    await call('get', '/api/hosts/{id}', { path: { id: 7 } })
    expect(requests[0]?.url).toBe('/api/hosts/7')
    expect(requests[0]?.headers.get('Authorization')).toBe('Bearer first')
  })

  it('refreshes once and repeats when the token was refused', async () => {
    const requests = answerWith(({ url, headers }) => {
      if (url === '/api/auth/refresh') return { status: 200, data: { access_token: 'second', expires_in: 900 } }
      return headers.get('Authorization') === 'Bearer second' ? { status: 200, data: { id: 7 } } : { status: 401 }
    })
    expect(await call('get', '/api/hosts/{id}', { path: { id: 7 } })).toEqual({ id: 7 })
    expect(requests.map((request) => request.url)).toEqual(['/api/hosts/7', '/api/auth/refresh', '/api/hosts/7'])
    expect(requests[1]?.headers.get('X-Session')).toBe('cookie')
    expect(requests[1]?.headers.has('Authorization')).toBe(false)
  })

  it('ends as expired when the refresh is refused, without trying for ever', async () => {
    const requests = answerWith(() => ({ status: 401, data: { code: 'unauthenticated' } }))
    await expect(call('get', '/api/auth/me', {})).rejects.toBeInstanceOf(Problem)
    expect(requests).toHaveLength(2)
    expect(session.getState()).toBe('expired')
  })

  it('throws what the server said, field by field', async () => {
    answerWith(() => ({
      status: 422,
      data: {
        detail: 'the host is not valid',
        code: 'invalid',
        request_id: 'r-1',
        errors: [{ location: 'body.hostname', message: 'is too long' }],
      },
    }))
    const problem = await call('post', '/api/hosts', { body: { hostname: 'x' } }).catch((error: unknown) => error)
    expect(problem).toMatchObject({ status: 422, code: 'invalid', message: 'the host is not valid', requestId: 'r-1' })
    expect((problem as Problem).field('hostname')).toBe('is too long')
  })

  it('waits for the proof of who asks, and is sent again as it was', async () => {
    let proven = false
    const leave = stepUp.subscribe(() => undefined)
    const requests = answerWith(() =>
      proven ? { status: 201, data: { id: 7 } } : { status: 403, data: { code: 'step_up_required' } },
    )
    const asked = call('post', '/api/hosts', { body: { hostname: 'x' } })
    await expect.poll(stepUp.isAsked).toBe(true)
    proven = true
    stepUp.prove()
    expect(await asked).toEqual({ id: 7 })
    expect(requests.map(({ url, data }) => [url, data])).toEqual([
      ['/api/hosts', '{"hostname":"x"}'],
      ['/api/hosts', '{"hostname":"x"}'],
    ])
    leave()
  })

  it('asks for the proof once: a second refusal is final', async () => {
    const leave = stepUp.subscribe(() => stepUp.isAsked() && queueMicrotask(stepUp.prove))
    const requests = answerWith(() => ({ status: 403, data: { code: 'step_up_required' } }))
    await expect(call('post', '/api/hosts', { body: { hostname: 'x' } })).rejects.toMatchObject({
      code: 'step_up_required',
    })
    expect(requests).toHaveLength(2)
    leave()
  })

  it('calls a server that is away unreachable', async () => {
    http.defaults.adapter = async (config) => {
      throw new AxiosError('Network Error', 'ERR_NETWORK', config)
    }
    await expect(call('get', '/api/dashboard', {})).rejects.toMatchObject({ status: 0, code: 'unreachable' })
  })

  it('leaves filters that are not set out of the address', async () => {
    const requests = answerWith(() => ({ status: 200, data: [] }))
    await list('/api/hosts', { query: { q: 'a b', os: undefined, limit: 50 } })
    expect(http.getUri(requests[0])).toBe('/api/hosts?q=a+b&limit=50')
  })
})

describe('a page of a list', () => {
  it('knows its total and the next page', async () => {
    const link = '</api/hosts?limit=1&cursor=abc%3D>; rel="next"'
    answerWith(() => ({
      status: 200,
      data: [{ id: 1 }],
      headers: { link, 'x-total-count': '12000', 'x-total-count-exact': 'false' },
    }))
    const page = await list('/api/hosts', { query: { limit: 1 } })
    expect(page).toMatchObject({ rows: [{ id: 1 }], total: 12000, exact: false, next: 'abc=' })
  })

  it('ends where there is no next page', () => {
    expect(nextCursor(undefined)).toBeNull()
    expect(nextCursor('</api/hosts?cursor=1>; rel="prev"')).toBeNull()
    expect(nextCursor('</api/hosts?cursor=1>; rel="prev", </api/hosts?cursor=3>; rel=next')).toBe('3')
  })
})
