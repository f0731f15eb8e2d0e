// The built screen over an API of made-up rows, to look at screens without a server: `npm run build && npm run mock`.
// Never part of the product. PORT picks the port (5199); EMPTY=1 gives a tenant without rows, SETUP=1 one without users.
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { extname } from 'node:path'
import { WebSocketServer } from 'ws'
import {
  makeArtifacts,
  makeCases,
  makeExecution,
  makeExecutions,
  makeHosts,
  makeNotifications,
  makePlaybooks,
  source,
} from './data.mjs'
import { accountRoutes } from './mock-account.mjs'
import { adminRoutes, leave, permissionsOf } from './mock-admin.mjs'
import { connectionRoutes } from './mock-connection.mjs'
import { withDetails, workRoutes } from './mock-work.mjs'

const dist = new URL('../dist/', import.meta.url)
const port = Number(process.env.PORT ?? 5199)
const empty = process.env.EMPTY === '1'
let needsSetup = process.env.SETUP === '1'

const hosts = empty ? [] : makeHosts(10_000)
const cases = empty ? [] : makeCases(64)
const artifacts = withDetails(makeArtifacts(cases))
const playbooks = empty ? [] : makePlaybooks()
const executions = empty ? [] : makeExecutions()
const notifications = empty ? [] : makeNotifications()
const sockets = new Set()
const me = {
  id: 1,
  username: 'admin',
  email: 'admin@acme.example',
  email_verified: true,
  role: 'super_admin',
  tenant_id: 1,
  is_active: true,
  totp_enabled: false,
  totp_required: false,
  totp_enrolment_due: false,
  recovery_codes_left: 0,
  created_at: new Date().toISOString(),
  permissions: permissionsOf('super_admin'),
  tenant: { id: 1, name: 'Acme Corp', description: '', status: 'active', settings: {} },
}
/** No signature, but the claim the screen reads: which tenant it is for. */
function token() {
  if (me.visit && Date.parse(me.visit.until) <= Date.now()) leave(me)
  const claims = { tenant_id: me.visit?.tenant_id ?? me.tenant_id, at: Date.now() }
  const payload = Buffer.from(JSON.stringify(claims)).toString('base64url')
  return { access_token: `mock.${payload}.none`, token_type: 'bearer', expires_in: 900 }
}

const bands = { critical: 0.9, high: 0.7, medium: 0.4, low: 0.15, benign: 0 }
function dashboard() {
  const by_band = Object.fromEntries(Object.keys(bands).map((band) => [band, 0]))
  for (const host of hosts) by_band[Object.keys(bands).find((band) => host.threat_score >= bands[band])] += 1
  const by_severity = {}
  for (const row of cases) by_severity[row.severity] = (by_severity[row.severity] ?? 0) + 1
  const count = (list, test) => list.filter(test).length
  return {
    hosts: { total: hosts.length, online: count(hosts, (host) => host.online), by_band },
    cases: {
      open: count(cases, (row) => row.status === 'open'),
      investigating: count(cases, (row) => row.status === 'investigating'),
      closed: count(cases, (row) => row.status === 'closed'),
      by_severity,
    },
    executions: { running: count(executions, (run) => run.status === 'running'), failed_24h: 3, completed_24h: 128 },
    needs_you: {
      unread_notifications: count(notifications, (row) => !row.is_read),
      cases_assigned: count(cases, (row) => row.assignee_id === 1 && row.status !== 'closed'),
      failed_executions_24h: empty ? 0 : 3,
    },
    connected: !empty,
    top_hosts: hosts.toSorted((a, b) => b.threat_score - a.threat_score).slice(0, 6),
    recent_executions: executions.slice(0, 6),
  }
}

function listed(rows, query, url) {
  const tests = {
    q: (row, value) =>
      JSON.stringify([row.hostname, row.ip_address, row.title, row.value, row.name])
        .toLowerCase()
        .includes(value.toLowerCase()),
    os: (row, value) => row.os.toLowerCase().includes(value === 'darwin' ? 'macos' : value === 'linux' ? 'n ' : value),
    label: (row, value) => row.labels.includes(value),
    score_min: (row, value) => row.threat_score >= Number(value),
    online: (row, value) => String(row.online) === value,
    read: (row, value) => String(row.is_read) === value,
    host_id: (row) => row.id % 9 === 0,
  }
  let found = rows
  for (const [key, value] of query) {
    if (['limit', 'skip', 'cursor', 'sort'].includes(key)) continue
    found = found.filter((row) => (tests[key] ? tests[key](row, value) : String(row[key]) === value))
  }
  const sort = query.get('sort')
  if (sort) {
    const field = sort.replace('-', '')
    const turn = sort.startsWith('-') ? -1 : 1
    found = found.toSorted((a, b) => (a[field] > b[field] ? 1 : a[field] < b[field] ? -1 : 0) * turn)
  }
  const from = Number(query.get('cursor') ?? 0)
  const to = from + Number(query.get('limit') ?? 50)
  const next = new URL(url)
  next.searchParams.set('cursor', String(to))
  return {
    body: found.slice(from, to),
    headers: {
      'X-Total-Count': String(found.length),
      ...(to < found.length ? { Link: `<${next.pathname}${next.search}>; rel="next"` } : {}),
    },
  }
}

const observations = Array.from({ length: 120 }, (_, index) => ({
  id: 120 - index,
  source: 'Windows.System.Pslist',
  observed_at: new Date(Date.now() - index * 60_000).toISOString(),
  data: {
    Pid: 400 + index,
    Name: index % 7 ? 'svchost.exe' : 'powershell.exe',
    CommandLine: 'C:\\Windows\\System32\\svchost.exe -k netsvcs -p',
    Username: 'NT AUTHORITY\\SYSTEM',
    Hash: { SHA256: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855' },
  },
}))
const missing = {
  status: 404,
  body: { title: 'Not Found', status: 404, detail: 'there is no such row', code: 'not_found', request_id: 'req-404' },
}
const byId = (rows, id) => rows.find((row) => row.id === Number(id))
const one = (rows, id) => (byId(rows, id) ? { body: byId(rows, id) } : missing)
const patched = (rows, id, body) =>
  byId(rows, id) ? { body: Object.assign(byId(rows, id), body, { updated_at: new Date().toISOString() }) } : missing
const dropped = (rows, id) => {
  const index = rows.findIndex((row) => row.id === Number(id))
  if (index < 0) return missing
  rows.splice(index, 1)
  return { status: 204 }
}
const added = (rows, row) => {
  const full = {
    id: Math.max(0, ...rows.map((other) => other.id)) + 1,
    created_at: new Date().toISOString(),
    updated_at: new Date().toISOString(),
    ...row,
  }
  rows.unshift(full)
  return { status: 201, body: full }
}
const tell = (message) => {
  for (const socket of sockets) socket.send(JSON.stringify(message))
}

function execute(id, body) {
  const run = { ...makeExecution(executions.length + 1, 'queued', id, 0), inputs: body.inputs ?? {} }
  executions.unshift(run)
  const stages = makeExecution(run.id, 'completed', id, 0).steps.map((step) => ({ ...step, status: 'pending' }))
  setTimeout(
    () =>
      Object.assign(run, { status: 'running', started_at: new Date().toISOString(), steps: stages }) &&
      tell({ type: 'execution.updated', id: run.id, status: 'running' }),
    500,
  )
  stages.forEach((step, index) => {
    setTimeout(
      () =>
        Object.assign(step, { status: 'running', started_at: new Date().toISOString(), attempts: 1 }) &&
        tell({ type: 'execution.step', execution_id: run.id, key: step.key, status: 'running' }),
      900 + index * 1200,
    )
    setTimeout(
      () =>
        Object.assign(step, { status: 'completed', finished_at: new Date().toISOString() }) &&
        tell({ type: 'execution.step', execution_id: run.id, key: step.key, status: 'completed' }),
      1800 + index * 1200,
    )
  })
  setTimeout(
    () =>
      Object.assign(run, { status: 'completed', finished_at: new Date().toISOString() }) &&
      tell({ type: 'execution.updated', id: run.id, status: 'completed' }),
    2000 + stages.length * 1200,
  )
  return { status: 202, body: run }
}

function validate({ source: text }) {
  const line = text.split('\n').findIndex((each) => /type: (unknown|isolate)/.test(each)) + 1
  const diagnostics =
    line > 0
      ? [
          {
            severity: 'error',
            path: 'actions[0].type',
            line,
            column: 11,
            message: 'there is no action of this name; did you mean send_webhook?',
          },
        ]
      : []
  return { body: { valid: diagnostics.length === 0, diagnostics } }
}

const routes = [
  ...accountRoutes({
    me,
    token,
    needsSetup: () => needsSetup,
    settle: () => {
      needsSetup = false
    },
  }),
  ...adminRoutes({ me, token, listed, empty }),
  ...workRoutes({ me, artifacts, hosts, cases, listed, tell, empty }),
  ...connectionRoutes({ me, hosts, listed, tell, empty }),
  ['GET', /^\/dashboard$/, () => ({ body: dashboard() })],
  ['GET', /^\/hosts$/, (_m, _b, url) => listed(hosts, url.searchParams, url)],
  [
    'POST',
    /^\/hosts$/,
    (_m, body) => added(hosts, { labels: [], host_metadata: {}, threat_score: 0, online: false, ...body }),
  ],
  ['GET', /^\/hosts\/(\d+)$/, ([, id]) => one(hosts, id)],
  ['PATCH', /^\/hosts\/(\d+)$/, ([, id], body) => patched(hosts, id, body)],
  ['DELETE', /^\/hosts\/(\d+)$/, ([, id]) => dropped(hosts, id)],
  ['GET', /^\/hosts\/\d+\/observations$/, (_m, _b, url) => listed(observations, url.searchParams, url)],
  ['GET', /^\/cases$/, (_m, _b, url) => listed(cases, url.searchParams, url)],
  ['POST', /^\/cases$/, (_m, body) => added(cases, { status: 'open', tags: [], ...body })],
  ['GET', /^\/cases\/(\d+)$/, ([, id]) => one(cases, id)],
  ['PATCH', /^\/cases\/(\d+)$/, ([, id], body) => patched(cases, id, body)],
  ['DELETE', /^\/cases\/(\d+)$/, ([, id]) => dropped(cases, id)],
  ['GET', /^\/cases\/(\d+)\/hosts$/, ([, id]) => ({ body: hosts.slice(Number(id), Number(id) + 2) })],
  ['GET', /^\/cases\/(\d+)\/artifacts$/, ([, id]) => ({ body: artifacts.filter((row) => row.case_id === Number(id)) })],
  ['GET', /^\/artifacts$/, (_m, _b, url) => listed(artifacts, url.searchParams, url)],
  ['POST', /^\/artifacts$/, (_m, body) => added(artifacts, body)],
  ['DELETE', /^\/artifacts\/(\d+)$/, ([, id]) => dropped(artifacts, id)],
  ['GET', /^\/playbooks$/, (_m, _b, url) => listed(playbooks, url.searchParams, url)],
  [
    'POST',
    /^\/playbooks$/,
    (_m, body) =>
      added(playbooks, {
        ...makePlaybooks()[2],
        id: playbooks.length + 1,
        name: /name: (.*)/.exec(body.source)?.[1],
        source: body.source,
        version: 1,
      }),
  ],
  [
    'GET',
    /^\/playbooks\/library$/,
    () => ({
      body: ['Triage a risky host', 'Tell the channel', 'Close stale cases'].map((name) => ({
        name,
        description: 'A playbook that is shipped.',
        source: source.replace('Triage a risky host', name),
      })),
    }),
  ],
  ['POST', /^\/playbooks\/validate$/, (_m, body) => validate(body)],
  ['GET', /^\/playbooks\/executions$/, (_m, _b, url) => listed(executions, url.searchParams, url)],
  ['GET', /^\/playbooks\/executions\/(\d+)$/, ([, id]) => one(executions, id)],
  [
    'POST',
    /^\/playbooks\/executions\/(\d+)\/cancel$/,
    ([, id]) => ({
      status: 202,
      body: Object.assign(byId(executions, id), { status: 'cancelled', finished_at: new Date().toISOString() }),
    }),
  ],
  ['GET', /^\/playbooks\/(\d+)$/, ([, id]) => one(playbooks, id)],
  [
    'PUT',
    /^\/playbooks\/(\d+)$/,
    ([, id], body) =>
      patched(playbooks, id, body.source ? { ...body, version: byId(playbooks, id).version + 1 } : body),
  ],
  ['DELETE', /^\/playbooks\/(\d+)$/, ([, id]) => dropped(playbooks, id)],
  ['POST', /^\/playbooks\/(\d+)\/execute$/, ([, id], body) => execute(Number(id), body)],
  ['GET', /^\/notifications$/, (_m, _b, url) => listed(notifications, url.searchParams, url)],
  ['PUT', /^\/notifications\/(\d+)$/, ([, id], body) => patched(notifications, id, body)],
  [
    'POST',
    /^\/notifications\/mark-all-read$/,
    () => {
      for (const row of notifications) row.is_read = true
      return { status: 204 }
    },
  ],
  ['POST', /^\/temporal\/session$/, () => ({ status: 204 })],
]

async function readBody(request) {
  let text = ''
  for await (const chunk of request) text += chunk
  try {
    return text ? JSON.parse(text) : {}
  } catch {
    // A file that is sent in.
    return {}
  }
}

async function answerApi(request, response, url) {
  const path = url.pathname.replace(/^\/api/, '')
  const body = await readBody(request)
  const route = routes.find(([method, pattern]) => method === request.method && pattern.test(path))
  const answer = route ? await route[2](route[1].exec(path), body, url) : missing
  response.writeHead(answer.status ?? 200, { 'Content-Type': 'application/json', ...answer.headers })
  response.end(answer.body === undefined ? '' : JSON.stringify(answer.body))
}

const types = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
}

function answerFile(response, url) {
  const isAsset = url.pathname.startsWith('/assets/') || url.pathname === '/favicon.svg'
  const name = isAsset ? url.pathname.slice(1) : 'index.html'
  const nonce = Math.random().toString(36).slice(2)
  let body = readFileSync(new URL(name, dist))
  const headers = { 'Content-Type': types[extname(name)] ?? 'application/octet-stream' }
  if (!isAsset) {
    body = body.toString().replaceAll('__CSP_NONCE__', nonce)
    headers['Content-Security-Policy'] =
      `default-src 'self'; script-src 'self' 'nonce-${nonce}'; style-src 'self' 'nonce-${nonce}'; img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; worker-src 'self' blob:; object-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'`
  }
  response.writeHead(200, headers)
  response.end(body)
}

const server = createServer((request, response) => {
  const url = new URL(request.url, 'http://mock')
  const work = url.pathname.startsWith('/api/')
    ? answerApi(request, response, url)
    : Promise.resolve().then(() => answerFile(response, url))
  work.catch((error) => {
    response.writeHead(500)
    response.end(String(error))
  })
})

new WebSocketServer({ server, path: '/api/notifications/ws' }).on('connection', (socket) => {
  socket.once('message', () => {
    sockets.add(socket)
    socket.send(JSON.stringify({ type: 'ready', last_seq: notifications.length }))
  })
  socket.on('close', () => sockets.delete(socket))
})

server.listen(port, '127.0.0.1', () => console.log(`mock at http://127.0.0.1:${port}`))
