// Users, tenants and the audit log of the mock: rows, and the operations on them.
import { readFileSync } from 'node:fs'

const ago = (seconds) => new Date(Date.now() - seconds * 1000).toISOString()
const problem = (status, code, detail, errors) => ({
  status,
  body: { title: detail, status, code, detail, request_id: `req-${code}`, ...(errors ? { errors } : {}) },
})
const missing = problem(404, 'not_found', 'there is no such row')
const ranks = ['viewer', 'user', 'admin', 'super_admin']

/** What the API document says a role may do. */
export function permissionsOf(role) {
  const { paths } = JSON.parse(readFileSync(new URL('../../openapi.json', import.meta.url), 'utf8'))
  const operations = Object.values(paths).flatMap((path) => Object.values(path))
  const held = operations.filter((operation) => ranks.indexOf(operation['x-role']) <= ranks.indexOf(role))
  const names = held.map((operation) => operation['x-permission']).filter((name) => name && name !== 'public')
  return [...new Set(names)]
}

function makeUsers(me) {
  const names = ['mia', 'jon', 'ada', 'svc-forwarder', 'tom.becker', 'li.wei', 'sara', 'omar', 'eve', 'nils']
  const users = names.map((username, index) => ({
    id: index + 2,
    username,
    email: index === 3 ? '' : `${username}@acme.example`,
    email_verified: index % 3 === 0,
    role: ['user', 'admin', 'viewer', 'user', 'user', 'admin', 'user', 'super_admin', 'viewer', 'user'][index],
    tenant_id: 1,
    is_active: index !== 6,
    totp_enabled: index % 2 === 0 && index !== 8,
    invited: index === 4 || index === 8,
    ...(index === 5 ? { locked_until: ago(-1400) } : {}),
    created_at: ago(86400 * (40 - index)),
    ...(index === 4 || index === 8 ? {} : { last_login_at: ago(3000 + index * 40_000) }),
  }))
  return [{ ...me, invited: false, last_login_at: ago(600) }, ...users]
}

const usual = {
  time_zone: 'UTC',
  require_totp_roles: [],
  max_concurrent_runs: 100,
  task_queue_concurrency: 0,
  audit_retention_days: 0,
  session_max_hours: 0,
}

function makeTenants() {
  const names = [
    ['Acme Corp', 'The company itself', 'active'],
    ['Globex', 'Managed customer, contract until 2028', 'active'],
    ['Initech', 'Trial', 'suspended'],
    ['Umbrella Research and Development (Europe, Middle East and Africa)', '', 'active'],
    ['Hooli', 'Left in autumn', 'deleting'],
    ['Stark Industries', 'Managed customer', 'active'],
  ]
  return names.map(([name, description, status], index) => ({
    id: index + 1,
    name,
    description,
    status,
    settings: { ...usual, ...(index === 0 ? { time_zone: 'Europe/Berlin', require_totp_roles: ['admin'] } : {}) },
    ...(status === 'suspended' ? { suspended_reason: 'invoice 2291 is open' } : {}),
    ...(status === 'deleting' ? { delete_at: ago(-5.2 * 86400) } : {}),
    created_at: ago(86400 * (300 - index * 31)),
  }))
}

const playbookBefore = `name: Triage a risky host
trigger:
  type: event
  event: host.ingested
  when: event.host.threat_score >= 0.7
actions:
  - id: case
    type: create_case
    params: {title: "High-risk host", severity: high}
  - id: tell
    type: send_notification
    params: {message: "A case was opened"}
`

/** What lines tell of, newest first, again and again. */
const acts = [
  {
    username: 'admin',
    action: 'user.update',
    resource_type: 'user',
    resource_id: '2',
    before: { id: 2, username: 'mia', email: 'mia@acme.example', role: 'user', is_active: true, totp_enabled: true },
    after: { id: 2, username: 'mia', email: 'mia@acme.example', role: 'admin', is_active: true, totp_enabled: true },
  },
  { username: 'jon', action: 'auth.login', resource_type: 'session', resource_id: '', outcome: 'success' },
  { username: 'eve', action: 'auth.login', resource_type: 'session', resource_id: '', outcome: 'failure' },
  {
    username: 'mia',
    action: 'case.update',
    resource_type: 'case',
    resource_id: '12',
    before: {
      id: 12,
      title: 'LSASS read by an unsigned process',
      status: 'open',
      severity: 'high',
      assignee_id: null,
      tags: ['ransomware', 'insider'],
      description: '',
    },
    after: {
      id: 12,
      title: 'LSASS read by an unsigned process',
      status: 'investigating',
      severity: 'critical',
      assignee_id: 2,
      tags: ['ransomware', 'finance'],
      description:
        'The process was started by a scheduled task that survived the reboot. Memory was read three times within a minute, each time by another image with the same import hash. The host talks to a domain that was registered two days ago; the proxy has 41 requests to it, all of them with a body of 512 bytes. Two more hosts of finance show the same task and are on the list.',
    },
  },
  {
    username: 'admin',
    action: 'tenant.update',
    resource_type: 'tenant',
    resource_id: '1',
    before: { id: 1, name: 'Acme Corp', settings: { time_zone: 'UTC', max_concurrent_runs: 100 } },
    after: {
      id: 1,
      name: 'Acme Corp',
      settings: { time_zone: 'Europe/Berlin', max_concurrent_runs: 100, require_totp_roles: ['admin', 'super_admin'] },
    },
  },
  {
    username: 'jon',
    action: 'playbook.update',
    resource_type: 'playbook',
    resource_id: '1',
    before: { id: 1, name: 'Triage a risky host', version: 2, source: playbookBefore },
    after: {
      id: 1,
      name: 'Triage a risky host',
      version: 3,
      source: playbookBefore.replace('0.7', '0.8').replace('severity: high', 'severity: critical'),
    },
  },
  {
    username: '',
    action: 'artifact.create',
    resource_type: 'artifact',
    resource_id: '41',
    after: { id: 41, artifact_type: 'domain', value: 'cdn-update.example', case_id: 12, artifact_metadata: {} },
  },
  { username: 'tom.becker', action: 'playbook.delete', resource_type: 'playbook', resource_id: '2', outcome: 'denied' },
  {
    username: 'mia',
    action: 'host.delete',
    resource_type: 'host',
    resource_id: '4711',
    before: { id: 4711, hostname: 'lap-04711.acme.local', os: 'Windows 11', labels: ['laptop', 'finance'] },
  },
]

function makeLines(count) {
  return Array.from({ length: count }, (_, index) => {
    const id = count - index
    return {
      id,
      seq: index > 2 ? id : null,
      sealed: index > 2,
      created_at: ago(index * 870 + 12),
      tenant_id: 1,
      user_id: 1,
      ip_address: index % 4 ? '192.0.2.17' : '2001:db8:85a3::8a2e:370:7334',
      user_agent:
        'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36',
      request_id: `01JD${id.toString(36).toUpperCase().padStart(22, '0')}`,
      outcome: 'success',
      before: null,
      after: null,
      ...acts[index % acts.length],
    }
  })
}

function matching(lines, query) {
  const tests = {
    action: (row, value) => (value.endsWith('*') ? row.action.startsWith(value.slice(0, -1)) : row.action === value),
    username: (row, value) => row.username.toLowerCase() === value.toLowerCase(),
    q: (row, value) => JSON.stringify(row).toLowerCase().includes(value.toLowerCase()),
    from: (row, value) => row.created_at >= value,
    to: (row, value) => row.created_at < value,
  }
  let found = lines
  for (const [key, value] of query) {
    if (['limit', 'cursor', 'sort', 'format'].includes(key)) continue
    found = found.filter((row) => (tests[key] ? tests[key](row, value) : String(row[key]) === value))
  }
  return found
}

const listQuery = (query, names) => new URLSearchParams([...query].filter(([key]) => names.includes(key)))

/** BROKEN=1 gives an audit log somebody has been at. */
const verdict = (lines) => ({
  status: process.env.BROKEN === '1' ? 'broken' : 'intact',
  checked: lines.length - 3,
  unsealed: Math.min(3, lines.length),
  overdue: 0,
  found: process.env.BROKEN === '1' ? 4 : 0,
  first_seq: 1,
  last_seq: Math.max(0, lines.length - 3),
  head_hash: '9f2c41d07be35a8861d6f0a2c4b7e9135d08fa62c1b74e90a3d85f1627bc04ee',
  sealed_at: ago(14),
  findings:
    process.env.BROKEN === '1'
      ? [
          {
            kind: 'altered',
            seq: 212,
            audit_id: 212,
            created_at: ago(4000),
            detail: 'the line is not the one that was sealed',
          },
          { kind: 'missing', seq: 187, audit_id: null, detail: 'the line that was sealed here is gone' },
          {
            kind: 'inserted',
            seq: null,
            audit_id: 171,
            created_at: ago(90000),
            detail: 'the line was never sealed, though newer ones are',
          },
          { kind: 'cut', seq: 240, audit_id: null, detail: 'the signed head says that the chain went on' },
        ]
      : [],
})

function userRoutes({ users, listed, me }) {
  const find = (id) => users.find((row) => row.id === Number(id))
  const act =
    (change) =>
    ([, id], body) => {
      const row = find(id)
      if (!row) return missing
      const lastAdmin = row.role === 'admin' && users.filter((other) => other.role === 'admin').length < 2
      if (lastAdmin && ((body.role && body.role !== 'admin') || body.is_active === false)) {
        return problem(409, 'last_admin', 'this is the tenant’s last active administrator')
      }
      return { body: Object.assign(row, change(row, body)) }
    }
  return [
    [
      'GET',
      /^\/users$/,
      (_m, _b, url) => {
        const { searchParams: query } = url
        const state = {
          invited: (row) => row.invited === true,
          locked: (row) => row.locked_until !== undefined,
        }
        const q = query.get('q')?.toLowerCase() ?? ''
        const rows = users.filter(
          (row) =>
            `${row.username} ${row.email}`.toLowerCase().includes(q) &&
            Object.entries(state).every(([key, test]) => !query.has(key) || String(test(row)) === query.get(key)),
        )
        return listed(rows, listQuery(query, ['role', 'is_active', 'limit', 'cursor', 'sort']), url)
      },
    ],
    [
      'POST',
      /^\/users$/,
      (_m, body) => {
        if (users.some((row) => row.username === body.username)) {
          return problem(409, 'username_taken', 'this user name is taken')
        }
        const row = {
          id: users.length + 1,
          email: '',
          email_verified: false,
          tenant_id: me.tenant_id,
          is_active: true,
          totp_enabled: false,
          invited: true,
          created_at: ago(0),
          ...body,
        }
        users.push(row)
        const link = `http://127.0.0.1:5199/accept-invitation#token=vci_${'x7Qm2'.repeat(8)}`
        return { status: 201, body: { ...row, ...(body.email ? {} : { invitation_url: link }) } }
      },
    ],
    ['GET', /^\/users\/(\d+)$/, ([, id]) => (find(id) ? { body: find(id) } : missing)],
    ['PATCH', /^\/users\/(\d+)$/, act((_row, body) => body)],
    [
      'DELETE',
      /^\/users\/(\d+)$/,
      ([, id]) => {
        users.splice(users.indexOf(find(id)), 1)
        return { status: 204 }
      },
    ],
    ['POST', /^\/users\/(\d+)\/invite$/, ([, id]) => ({ body: { sent: Boolean(find(id)?.email) } })],
    ['POST', /^\/users\/(\d+)\/unlock$/, act(() => ({ locked_until: undefined }))],
    ['POST', /^\/users\/(\d+)\/reset-2fa$/, act(() => ({ totp_enabled: false }))],
    ['DELETE', /^\/users\/(\d+)\/sessions$/, () => ({ status: 204 })],
  ]
}

const visits = [
  {
    id: 2,
    visitor: 'root (Acme Corp)',
    reason: 'Ticket 4182: runs of the nightly playbook wait for ever',
    started_at: ago(86_400),
    until: ago(84_600),
    ended_at: ago(85_300),
    end_reason: 'left',
  },
  {
    id: 1,
    visitor: 'omar (Acme Corp)',
    reason: 'First set-up with the customer on the phone',
    started_at: ago(86_400 * 9),
    until: ago(86_400 * 9 - 3600),
    ended_at: ago(86_400 * 9 - 3600),
    end_reason: 'expired',
  },
]

function tenantRoutes({ tenants, listed, me, token, empty }) {
  const find = (id) => tenants.find((row) => row.id === Number(id))
  const change =
    (make) =>
    ([, id], body, url) => {
      const row = find(id)
      return row ? { body: Object.assign(row, make(body, url)) } : missing
    }
  return [
    [
      'GET',
      /^\/tenants$/,
      (_m, _b, url) => listed(tenants, listQuery(url.searchParams, ['limit', 'cursor', 'sort']), url),
    ],
    [
      'POST',
      /^\/tenants$/,
      (_m, { name, description, admin }) => {
        const row = { id: tenants.length + 1, name, description, status: 'active', settings: usual, created_at: ago(0) }
        tenants.push(row)
        return { status: 201, body: { ...row, admin: { ...admin, id: 900, role: 'admin', invited: true } } }
      },
    ],
    ['GET', /^\/tenants\/(\d+)$/, ([, id]) => (find(id) ? { body: find(id) } : missing)],
    [
      'PATCH',
      /^\/tenants\/(\d+)$/,
      ([, id], body) => {
        const row = find(id)
        if (body.settings?.audit_retention_days === 77) {
          const field = { location: 'body.settings.audit_retention_days', message: 'must not be 77 in this mock' }
          return problem(422, 'invalid', 'settings.audit_retention_days must not be 77', [field])
        }
        return { body: Object.assign(row, body, { settings: { ...row.settings, ...body.settings } }) }
      },
    ],
    ['POST', /^\/tenants\/(\d+)\/suspend$/, change((body) => ({ status: 'suspended', suspended_reason: body.reason }))],
    ['POST', /^\/tenants\/(\d+)\/resume$/, change(() => ({ status: 'active', suspended_reason: undefined }))],
    ['POST', /^\/tenants\/(\d+)\/restore$/, change(() => ({ status: 'active', delete_at: undefined }))],
    ['DELETE', /^\/tenants\/(\d+)$/, change(() => ({ status: 'deleting', delete_at: ago(-7 * 86400) }))],
    ['GET', /^\/tenants\/\d+\/visits$/, () => ({ body: empty ? [] : visits })],
    ['GET', /^\/tenants\/\d+\/export$/, () => ({ body: { mock: true } })],
    [
      'POST',
      /^\/tenants\/(\d+)\/switch$/,
      ([, id], { reason, minutes = 30 }) => {
        const row = find(id)
        // A visit of 15 minutes lasts 15 seconds here, so that its end can be looked at.
        const lasts = minutes === 15 ? 15 : minutes * 60
        me.visit = {
          id: 1,
          tenant_id: row.id,
          tenant_name: row.name,
          home_tenant_id: 1,
          reason,
          until: ago(-lasts),
        }
        me.permissions = permissionsOf('admin')
        return { body: token() }
      },
    ],
    [
      'POST',
      /^\/tenants\/leave$/,
      () => {
        leave(me)
        return { body: token() }
      },
    ],
  ]
}

/** Ends the visit, as the server does when its time is over. */
export function leave(me) {
  delete me.visit
  me.permissions = permissionsOf(me.role)
}

function auditRoutes({ lines, listed }) {
  const listedLines = (query, url) => listed(matching(lines, query), listQuery(query, ['limit', 'cursor']), url)
  return [
    ['GET', /^\/audit$/, (_m, _b, url) => listedLines(url.searchParams, url)],
    ['GET', /^\/audit\/export$/, (_m, _b, url) => ({ body: matching(lines, url.searchParams) })],
    [
      'GET',
      /^\/audit\/verify$/,
      async () => {
        await new Promise((resolve) => setTimeout(resolve, 1500))
        return { body: verdict(lines) }
      },
    ],
    [
      'GET',
      /^\/audit\/(\d+)$/,
      ([, id]) => {
        const line = lines.find((row) => row.id === Number(id))
        return line ? { body: line } : missing
      },
    ],
  ]
}

export function adminRoutes({ me, token, listed, empty }) {
  const users = empty ? [{ ...me, invited: false }] : makeUsers(me)
  const tenants = empty ? makeTenants().slice(0, 1) : makeTenants()
  const lines = empty ? [] : makeLines(243)
  return [
    ...userRoutes({ users, listed, me }),
    ...tenantRoutes({ tenants, listed, me, token, empty }),
    ...auditRoutes({ lines, listed }),
  ]
}
