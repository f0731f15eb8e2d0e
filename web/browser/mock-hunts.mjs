// The mock's routes for hunts and their schedules: a hunt that was started fills while one looks, one of them failed on some
// hosts, a schedule has two runs to compare.
const now = () => new Date().toISOString()
const ago = (seconds) => new Date(Date.now() - seconds * 1000).toISOString()
const ok = (body) => ({ body })
const missing = { status: 404, body: { status: 404, code: 'not_found', detail: 'there is no such row' } }

const hunt = (id, description, status, rest = {}) => ({
  id,
  hunt_id: `H.${id}`,
  mode: 'hunt',
  description,
  artifacts: ['Windows.System.Pslist'],
  parameters: {},
  os: '',
  include_labels: [],
  exclude_labels: [],
  host_ids: [],
  client_limit: 0,
  timeout: 0,
  max_rows: 0,
  until: 'idle',
  status,
  paused: false,
  scheduled: 200,
  online: 190,
  targets: 200,
  finished: status === 'completed' ? 200 : 0,
  running: 0,
  errors: 0,
  rows: status === 'completed' ? 6_000 : 0,
  rows_new: 0,
  rows_refused: 0,
  refused_reason: '',
  indicators: 0,
  progress: status === 'completed' ? 1 : 0,
  error: '',
  error_kind: '',
  username: 'mia',
  schedule_id: null,
  execution_id: null,
  sources: [],
  created_at: ago(id * 3_600),
  started_at: ago(id * 3_600 - 1),
  expires_at: ago(-604_800),
  finished_at: status === 'completed' ? ago(id * 3_600 - 90) : null,
  ended: status === 'completed' ? 'done' : '',
  ...rest,
})

const programs = ['svchost.exe', 'explorer.exe', 'OUTLOOK.EXE', 'powershell.exe', 'lsass.exe']
const rowOf = (row, index, host) => ({
  id: row.id * 10_000 + index,
  host_id: host.id,
  hostname: host.hostname,
  source_id: row.id,
  source_kind: 'hunt',
  source_name: row.artifacts[0],
  collected_at: row.created_at,
  event_time: ago(index * 60),
  data: {
    Exe: `C:\\Windows\\System32\\${programs[index % programs.length]}`,
    Pid: 400 + index,
    Hash: { SHA256: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855' },
    Name: programs[index % programs.length],
    Username: 'NT AUTHORITY\\SYSTEM',
    CommandLine: `${programs[index % programs.length]} -k netsvcs -p`,
  },
})

export function huntRoutes({ hosts, listed, tell, empty }) {
  const hunts = empty
    ? []
    : [
        hunt(4, 'Processes on all hosts', 'completed', { errors: 12 }),
        hunt(3, 'Processes on all hosts, the night before', 'completed'),
        hunt(2, 'Made to be started later', 'waiting', { paused: true }),
        hunt(1, 'Autoruns before the patch', 'failed', { error: 'The server has no artifact of this name.' }),
      ]
  const runs = [2, 1].map((id) => ({
    id,
    scheduled_at: ago((3 - id) * 86_400),
    finished_at: ago((3 - id) * 86_400 - 90),
    by_hand: false,
    status: 'completed',
    hunt_id: id + 2,
    description: 'Every night',
    error: '',
    hosts: 200,
    errors: 12,
    rows: 6_000,
    rows_new: 40,
  }))
  const schedule = (id, body) => ({
    id,
    cron: '',
    interval: '',
    timezone: 'UTC',
    overlap: 'skip',
    jitter_seconds: 0,
    note: '',
    paused: false,
    owner: 'mia',
    last_run: id === 1 ? runs[0] : null,
    next_runs: [1, 2, 3, 4, 5].map((day) => ago(-day * 86_400)),
    created_at: now(),
    updated_at: now(),
    ...body,
  })
  const schedules = empty
    ? []
    : [
        schedule(1, {
          name: 'Processes every night',
          cron: '0 3 * * *',
          timezone: 'Europe/Berlin',
          hunt: { artifacts: ['Windows.System.Pslist'], description: 'Every night', os: 'windows' },
        }),
      ]
  const byId = (rows, id) => rows.find((row) => row.id === Number(id))
  const one = (rows, id, work = (row) => ok(row)) => (byId(rows, id) ? work(byId(rows, id)) : missing)
  const move = (row, change) => {
    Object.assign(row, change)
    tell({ type: 'hunt', id: row.id, status: row.status, progress: row.progress, rows: row.rows })
  }
  const fill = (row) => {
    move(row, { status: 'running', paused: false, started_at: now() })
    for (let part = 1; part <= 10; part += 1) {
      const over = part === 10
      setTimeout(() => {
        if (row.status !== 'running') return
        move(row, {
          finished: part * 20,
          running: over ? 0 : 8,
          errors: part,
          rows: part * 600,
          progress: part / 10,
          ...(over ? { status: 'completed', finished_at: now() } : {}),
        })
      }, part * 1_500)
    }
  }
  const start = (body) => {
    const row = hunt(
      hunts.length + 1,
      body.description || body.artifacts.join(', '),
      body.paused ? 'waiting' : 'queued',
      {
        ...body,
        created_at: now(),
        started_at: null,
      },
    )
    hunts.unshift(row)
    if (!body.paused) setTimeout(() => fill(row), 800)
    return { status: 202, body: row }
  }
  const reached = ({ os, host_ids: ids = [] }) =>
    ids.length > 0 ? ids.length : hosts.filter((host) => !os || host.os.toLowerCase().includes(os)).length
  const statuses = ['done', 'done', 'done', 'error', 'running', 'scheduled']
  const causes = ['timeout: Query timed out after … seconds', 'permission: open: Access is denied.']
  const differing = (first) =>
    hosts.slice(0, 5).map((host, index) => ({
      observation_id: first + index,
      host_id: host.id,
      hostname: host.hostname,
      artifact: 'Windows.System.Pslist',
      data: { Name: 'svchost.exe', CommandLine: 'svchost.exe -k netsvcs', Pid: first + index },
    }))
  return [
    ['GET', /^\/velociraptor\/hunts$/, (_m, _b, url) => listed(hunts, url.searchParams, url)],
    ['POST', /^\/velociraptor\/hunts$/, (_m, body) => start(body)],
    [
      'POST',
      /^\/velociraptor\/hunts\/estimate$/,
      (_m, body) =>
        ok({
          mode: 'hunt',
          hosts: reached(body),
          of: hosts.length,
          online: Math.round(reached(body) * 0.9),
          high_risk: 3,
          by_os: { windows: reached(body) },
          warnings: ['Some hosts are offline: the hunt is over without them unless it is open until it expires'],
        }),
    ],
    ['GET', /^\/velociraptor\/hunts\/schedules$/, (_m, _b, url) => listed(schedules, url.searchParams, url)],
    [
      'POST',
      /^\/velociraptor\/hunts\/schedules$/,
      (_m, body) => {
        const row = schedule(schedules.length + 1, body)
        schedules.unshift(row)
        return { status: 201, body: row }
      },
    ],
    ['GET', /^\/velociraptor\/hunts\/schedules\/(\d+)$/, ([, id]) => one(schedules, id)],
    [
      'PUT',
      /^\/velociraptor\/hunts\/schedules\/(\d+)$/,
      ([, id], body) => one(schedules, id, (row) => ok(Object.assign(row, body))),
    ],
    [
      'DELETE',
      /^\/velociraptor\/hunts\/schedules\/(\d+)$/,
      ([, id]) => {
        schedules.splice(schedules.indexOf(byId(schedules, id)), 1)
        return { status: 204 }
      },
    ],
    ['GET', /^\/velociraptor\/hunts\/schedules\/(\d+)\/runs$/, ([, id]) => ok(Number(id) === 1 ? runs : [])],
    [
      'GET',
      /^\/velociraptor\/hunts\/schedules\/(\d+)\/diff$/,
      () => ok({ new: differing(900), gone: differing(100), counts: { new: 5, gone: 5 }, truncated: false }),
    ],
    [
      'POST',
      /^\/velociraptor\/hunts\/schedules\/(\d+)\/(pause|resume)$/,
      ([, id, act]) => one(schedules, id, (row) => ok(Object.assign(row, { paused: act === 'pause' }))),
    ],
    [
      'POST',
      /^\/velociraptor\/hunts\/schedules\/(\d+)\/trigger$/,
      ([, id]) =>
        one(schedules, id, (row) => {
          const { body } = start(row.hunt)
          return {
            status: 202,
            body: { ...runs[0], id: 90 + body.id, hunt_id: body.id, by_hand: true, status: 'queued' },
          }
        }),
    ],
    ['GET', /^\/velociraptor\/hunts\/(\d+)$/, ([, id]) => one(hunts, id)],
    [
      'POST',
      /^\/velociraptor\/hunts\/(\d+)\/stop$/,
      ([, id]) =>
        one(hunts, id, (row) => ({
          status: 202,
          body: Object.assign(row, { status: 'cancelled', finished_at: now() }),
        })),
    ],
    [
      'POST',
      /^\/velociraptor\/hunts\/(\d+)\/resume$/,
      ([, id]) =>
        one(hunts, id, (row) => {
          fill(row)
          return { status: 202, body: row }
        }),
    ],
    ['POST', /^\/velociraptor\/hunts\/(\d+)\/extend$/, ([, id]) => one(hunts, id)],
    ['POST', /^\/velociraptor\/hunts\/(\d+)\/errors\/retry$/, ([, id]) => one(hunts, id)],
    [
      'GET',
      /^\/velociraptor\/hunts\/(\d+)\/results$/,
      ([, id], _b, url) =>
        one(hunts, id, (row) => {
          const words = (url.searchParams.get('q') ?? '').toLowerCase()
          const rows = Array.from({ length: row.rows }, (_, index) => rowOf(row, index, hosts[index % 200]))
          const found = rows.filter((each) => JSON.stringify(each).toLowerCase().includes(words))
          const page = { limit: '100', cursor: url.searchParams.get('cursor') ?? '0' }
          return listed(found, new URLSearchParams(page), url)
        }),
    ],
    [
      'GET',
      /^\/velociraptor\/hunts\/(\d+)\/hosts$/,
      ([, id], _b, url) =>
        one(hunts, id, (row) => {
          const wanted = url.searchParams.get('status')?.split(',')
          const rows = hosts.slice(0, 200).map((host, index) => {
            const status = row.status === 'completed' && index % 17 ? 'done' : statuses[index % statuses.length]
            return {
              host_id: host.id,
              hostname: host.hostname,
              client_id: host.client_id,
              status,
              online: host.online,
              rows: status === 'done' ? 30 : 0,
              cause: status === 'error' ? causes[index % 2] : '',
              error: '',
              updated_at: ago(index),
            }
          })
          return ok(rows.filter(({ status }) => !wanted || wanted.includes(status)))
        }),
    ],
    [
      'GET',
      /^\/velociraptor\/hunts\/(\d+)\/errors$/,
      ([, id]) =>
        one(hunts, id, (row) =>
          ok(
            (row.errors > 0 ? causes : []).map((cause, index) => ({
              cause,
              example: cause.replace('…', '600'),
              count: row.errors / 2,
              hosts: hosts
                .slice(index * 6, index * 6 + 6)
                .map((host) => ({ host_id: host.id, hostname: host.hostname, client_id: host.client_id })),
            })),
          ),
        ),
    ],
  ]
}
