// The mock's routes for the own account: signing in with a second factor, links of mails, sessions and keys. A user named
// totp has a second factor, one named new must set it up, one named late is locked out; the code 000000 is always wrong,
// a token that says spent is refused, and the first dangerous act of every five minutes asks who sits there.
import { codes, makeKeys, makeSessions, permissions, setup } from './data-account.mjs'

const problem = (status, code, detail, headers = {}) => ({
  status,
  headers,
  body: { status, code, detail, request_id: 'req-1' },
})
const wrongCode = () => problem(401, 'totp_invalid', 'the code is wrong or was used already')

export function accountRoutes({ me, token, needsSetup, settle }) {
  let sessions = makeSessions()
  let keys = makeKeys()
  let elevatedUntil = 0
  const elevated = (work) =>
    Date.now() < elevatedUntil ? work() : problem(403, 'step_up_required', 'prove who you are')
  const coded =
    (work) =>
    (_match, { code }) =>
      code === '000000' ? wrongCode() : work()
  const linked = (work) => (_match, body) =>
    body.token?.includes('spent') ? problem(422, 'link_invalid', 'the link is not valid any more') : work(body)

  function login({ username, password, totp_code }) {
    if (username === 'late') return problem(429, 'too_many_attempts', 'too many attempts', { 'Retry-After': '899' })
    if (password === 'wrong') return problem(401, 'invalid_credentials', 'wrong user name or password')
    if (username === 'totp' && !totp_code) return problem(401, 'totp_required', 'a code is needed')
    if (totp_code === '000000') return wrongCode()
    if (username === 'new') Object.assign(me, { totp_required: true, totp_enrolment_due: true })
    if (username === 'totp') Object.assign(me, { totp_enabled: true, recovery_codes_left: 8 })
    return { body: token() }
  }
  const enrolled = () => {
    Object.assign(me, { totp_enabled: true, totp_enrolment_due: false, recovery_codes_left: codes.length })
    return { body: { recovery_codes: codes } }
  }
  const disabled = () => {
    Object.assign(me, { totp_enabled: false, totp_enrolment_due: me.totp_required, recovery_codes_left: 0 })
    return { status: 204 }
  }
  function makeKey({ name, scopes, expires_in_days = 90 }) {
    const day = 86_400_000
    const row = {
      id: 1 + Math.max(0, ...keys.map((key) => key.id)),
      name,
      scopes,
      hint: 'vc_Zk31…t0Wq',
      created_at: new Date().toISOString(),
      expires_at: new Date(Date.now() + expires_in_days * day).toISOString(),
    }
    keys = [row, ...keys]
    return { status: 201, body: { ...row, key: 'vc_Zk31bVn8xQe5R0pLsYwA7uTdGhJcMf2Ki9oEt0Wq' } }
  }
  function stepUp({ password, totp_code }) {
    if (password === 'wrong') return problem(401, 'invalid_credentials', 'wrong password')
    if (totp_code === '000000') return wrongCode()
    elevatedUntil = Date.now() + 300_000
    return { body: { elevated_until: new Date(elevatedUntil).toISOString() } }
  }

  return [
    [
      'GET',
      /^\/auth\/status$/,
      () => ({
        body: {
          needs_setup: needsSetup(),
          setup_token_required: needsSetup(),
          registration: process.env.REGISTRATION ?? 'open',
          mail_enabled: process.env.MAIL !== '0',
        },
      }),
    ],
    [
      'POST',
      /^\/auth\/register$/,
      () => {
        settle()
        return { status: 201, body: me }
      },
    ],
    ['POST', /^\/auth\/login$/, (_match, body) => login(body)],
    ['POST', /^\/auth\/refresh$/, () => ({ body: token() })],
    ['POST', /^\/auth\/logout$/, () => ({ status: 204 })],
    ['GET', /^\/auth\/me$/, () => ({ body: { ...me, permissions: permissions.map((row) => row.permission) } })],
    [
      'PATCH',
      /^\/auth\/me$/,
      (_match, body) => ({ body: Object.assign(me, body, body.email ? { email_verified: false } : {}) }),
    ],
    ['POST', /^\/auth\/password$/, () => ({ status: 204 })],
    ['GET', /^\/auth\/permissions$/, () => ({ body: permissions })],
    ['POST', /^\/auth\/step-up$/, (_match, body) => stepUp(body)],
    ['POST', /^\/auth\/2fa\/setup$/, () => ({ body: setup })],
    ['POST', /^\/auth\/2fa\/verify$/, coded(enrolled)],
    ['POST', /^\/auth\/2fa\/disable$/, coded(disabled)],
    ['POST', /^\/auth\/2fa\/recovery-codes$/, coded(enrolled)],
    ['POST', /^\/auth\/password-reset\/request$/, () => ({ status: 202 })],
    ['POST', /^\/auth\/password-reset\/confirm$/, linked(() => ({ status: 204 }))],
    ['POST', /^\/auth\/verify-email$/, linked(() => ({ status: 204 }))],
    ['POST', /^\/auth\/verify-email\/resend$/, () => ({ status: 202 })],
    ['POST', /^\/auth\/accept-invitation$/, linked(() => ({ body: { username: me.username } }))],
    ['GET', /^\/auth\/sessions$/, () => ({ body: sessions })],
    [
      'DELETE',
      /^\/auth\/sessions$/,
      () => {
        sessions = sessions.filter((row) => row.current)
        return { status: 204 }
      },
    ],
    [
      'DELETE',
      /^\/auth\/sessions\/([\w-]+)$/,
      ([, id]) => {
        sessions = sessions.filter((row) => row.id !== id)
        return { status: 204 }
      },
    ],
    ['GET', /^\/auth\/api-keys$/, () => ({ body: keys })],
    ['POST', /^\/auth\/api-keys$/, (_match, body) => elevated(() => makeKey(body))],
    [
      'DELETE',
      /^\/auth\/api-keys\/(\d+)$/,
      ([, id]) => {
        keys = keys.filter((row) => row.id !== Number(id))
        return { status: 204 }
      },
    ],
  ]
}
