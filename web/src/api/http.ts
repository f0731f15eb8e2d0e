import axios, { AxiosError, type InternalAxiosRequestConfig } from 'axios'
import { Problem, toProblem } from './problem'
import { Session, type TokenAnswer, tenantOfToken } from './session'
import { stepUp } from './stepUp'
import { uninterrupted } from './uninterrupted'

const hintKey = 'vc.signed-in'

/** Sent with login and refresh: this is a browser, the refresh token belongs in a cookie. */
export const cookieSession = { 'X-Session': 'cookie' }

/** The one client. Only call.ts and this file use it; everything else goes through the typed calls. */
export const http = axios.create({
  headers: { Accept: 'application/json' },
  adapter: 'fetch',
  timeout: 30_000,
})

const lockName = 'vc.refresh'
const markName = 'vc.refreshing'

const mark = {
  get: () => Number(localStorage.getItem(markName)) || null,
  set: (begun: number | null) =>
    begun === null ? localStorage.removeItem(markName) : localStorage.setItem(markName, String(begun)),
}
const sleep = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds))

/** The request outlives its page (keepalive), so that the new cookie arrives whatever the person does meanwhile. */
const askForToken = async () =>
  (await http.post<TokenAnswer>('/api/auth/refresh', {}, { headers: cookieSession, fetchOptions: { keepalive: true } }))
    .data

/** The one session of this tab. */
export const session = new Session({
  renew: () => uninterrupted(mark, Date.now, sleep, askForToken),
  // Locks exist in secure contexts only; elsewhere each tab refreshes for itself.
  exclusively: async (work) => (navigator.locks ? await navigator.locks.request(lockName, work) : work()),
  channel: 'BroadcastChannel' in globalThis ? new BroadcastChannel('vc.session') : null,
  hint: {
    get: () => localStorage.getItem(hintKey) === '1',
    set: (signedIn) => (signedIn ? localStorage.setItem(hintKey, '1') : localStorage.removeItem(hintKey)),
  },
  now: () => Date.now(),
})

type Sent = InternalAxiosRequestConfig & { retried?: boolean; elevated?: boolean; token?: string | null }

const withoutToken = /^\/api\/auth\/(login|refresh|register|status|password-reset\/\w+|verify-email|accept-invitation)$/

/** What was meant for one tenant is never sent to another: a visit that is over must not end in a change at home. */
const visitEnded = () => new Problem({ status: 401, code: 'visit_ended', detail: '' })

http.interceptors.request.use(async (config: Sent) => {
  if (withoutToken.test(config.url ?? '')) return config
  // A request that is repeated still means the tenant it was first sent to.
  const meant = config.token ? tenantOfToken(config.token) : session.tenant
  const token = session.current() ?? (session.state === 'signed-in' ? await session.refresh(null) : null)
  if (meant !== null && session.tenant !== meant) throw visitEnded()
  config.token = token
  if (token) config.headers.Authorization = `Bearer ${token}`
  return config
})

/** The refusal of a download comes as a file too: its text is the problem. */
async function readable(error: unknown): Promise<unknown> {
  if (error instanceof AxiosError && error.response?.data instanceof Blob) {
    const text = await error.response.data.text()
    try {
      error.response.data = JSON.parse(text)
    } catch {
      error.response.data = {}
    }
  }
  return error
}

http.interceptors.response.use(undefined, async (error: unknown) => {
  const sent = error instanceof AxiosError ? (error.config as Sent | undefined) : undefined
  const refused = error instanceof AxiosError && error.response?.status === 401
  if (refused && sent?.token && !sent.retried) {
    await session.refresh(sent.token)
    return http.request({ ...sent, retried: true } as Sent)
  }
  const problem = toProblem(await readable(error))
  if (sent && !sent.elevated && problem instanceof Problem && problem.code === 'step_up_required') {
    await stepUp.ask()
    return http.request({ ...sent, elevated: true } as Sent)
  }
  throw problem
})
