// The mock's routes for the Velociraptor server: its connection with checks, its artifacts, collections that go on while
// one looks, isolation that takes a while to be verified. A host whose label is "dc" is never isolated.
const now = () => new Date().toISOString()
const ago = (seconds) => new Date(Date.now() - seconds * 1000).toISOString()
const ok = (body) => ({ body })
const refusal = (status, code, detail, errors) => ({ status, body: { status, code, detail, errors } })
const missing = refusal(404, 'not_found', 'there is no such row')

const definition = (name, description, parameters = [], rest = {}) => ({
  name,
  description,
  type: 'client',
  parameters: parameters.map(([parameter, type, value, text, choices]) => ({
    name: parameter,
    type,
    default: value,
    description: text ?? '',
    choices: choices ?? [],
  })),
  sources: [],
  required_permissions: [],
  needs_admin: false,
  allowed: true,
  ...rest,
})

const definitions = [
  definition('Generic.Client.Info', 'Basic information about the client.'),
  definition('Windows.System.Pslist', 'Every running process with its hashes and signature.', [
    ['ProcessRegex', 'regex', '.', 'Names to look for'],
    ['UntrustedAuthenticode', 'bool', 'N', 'Only processes that are not signed'],
  ]),
  definition('Windows.Search.FileFinder', 'Finds files by name, content and time.\n\nCan hash and upload them.', [
    ['SearchFilesGlob', '', 'C:\\Users\\**', 'Use a glob to find files'],
    ['Accessor', 'choices', 'auto', 'How to read the disk', ['auto', 'ntfs', 'file']],
    ['MoreRecentThan', 'timestamp', '', 'Only files changed after this'],
    ['MaxSize', 'int64', '10485760', 'In bytes'],
    ['Upload_File', 'bool', 'N', 'Send the files along'],
    ['Keywords', 'json_array', '[]', ''],
  ]),
  definition('Linux.Sys.Users', 'The users of /etc/passwd.'),
  definition('Windows.System.PowerShell', 'Runs a PowerShell script.', [['Command', '', 'hostname']], {
    needs_admin: true,
    required_permissions: ['EXECVE'],
  }),
  definition('Windows.KapeFiles.Targets', 'Copies what KAPE would.', [], { allowed: false }),
]

const check = (name, passed = true, message = '', optional = false) => ({
  name,
  ok: passed,
  optional,
  skipped: false,
  code: '',
  message,
  took_ms: 3 + name.length,
})

function checksOf(body) {
  if (body.api_client?.includes('wrong-ca')) {
    return [
      check('reach'),
      check('tls', false, 'The server’s certificate is not signed by the CA in the file. Fetch the file anew.'),
    ]
  }
  return [
    check('reach', true, 'velociraptor.acme.example:8001 answers'),
    check('tls', true, 'until 21 Nov 2027'),
    check('identity', true, 'known as velocicompanion'),
    check('version', true, '0.77.2'),
    check('org', true, 'root'),
    ...['any_query', 'read_results', 'collect_client', 'start_hunt'].map((name) => check(`permission.${name}`)),
    check('permission.label_clients', false, 'Labels can’t be set: grant label_clients.', true),
    check('isolation', true, 'Quarantine artifacts for Windows, Linux and macOS are there'),
    check('callbacks', false, 'Our user may not install the artifact: grant server_admin, or do it by hand.', true),
  ]
}

function makeConnection() {
  return {
    id: 1,
    transport: 'grpc',
    address: 'velociraptor.acme.example:8001',
    username: 'velocicompanion',
    org_id: '',
    expires_at: ago(-86_400 * 12),
    expires_in_days: 12,
    status: 'connected',
    status_since: ago(86_400),
    last_error: '',
    last_ok_at: ago(4),
    server_version: '0.77.2',
    quarantine: {
      windows: 'Windows.Remediation.Quarantine',
      linux: 'Linux.Remediation.Quarantine',
      darwin: 'MacOS.Remediation.Quarantine',
    },
    allow_artifacts: [],
    reduced: [],
    created_at: ago(86_400 * 20),
  }
}

const sync = {
  status: 'waiting',
  pass: '',
  progress: 0,
  scanned: 0,
  clients: 10_000,
  new: 3,
  changed: 41,
  gone: 1,
  refused: 0,
  refusal: '',
  last_full_at: ago(340),
  last_at: ago(22),
  error: '',
}

const callbacks = {
  installed: true,
  status: 'installed',
  artifact: 'Server.VelociCompanion.Callback',
  org_id: '',
  base_url: '',
  url: 'https://vc.example/api/velociraptor/callbacks/…',
  root_ca: false,
  installed_at: ago(86_400),
  last_at: ago(61),
  count: 4_211,
  repeats: 12,
  checks: [],
}

const manual = {
  artifact: 'Server.VelociCompanion.Callback',
  artifact_yaml: 'name: Server.VelociCompanion.Callback\ntype: SERVER_EVENT\n# …',
  parameters: { URL: 'https://vc.example/api/velociraptor/callbacks/abc' },
  key_name: 'VelociCompanionKey',
  key: '3f'.repeat(32),
  steps: [
    'Open View Artifacts and add the artifact below.',
    'Add the key to the server’s metadata, under the name below.',
    'Turn it on under Server Events, with the parameters below.',
  ],
}

const collection = (id, host, artifact, status, rest = {}) => ({
  id,
  client_id: host.client_id,
  host_id: host.id,
  hostname: host.hostname,
  artifact_name: artifact,
  flow_id: `F.VC${1000 + id}`,
  status,
  rows: status === 'completed' ? 112 : 0,
  files: 0,
  error: '',
  error_kind: '',
  reason: '',
  rows_bad: 0,
  bad_reason: '',
  rows_new: 80,
  indicators: 4,
  attempt: 1,
  username: 'mia',
  execution_id: null,
  parameters: {},
  progress: status === 'completed' ? 1 : 0,
  created_at: ago(id * 900),
  started_at: ago(id * 900 - 2),
  finished_at: ['completed', 'failed', 'cancelled'].includes(status) ? ago(id * 900 - 9) : null,
  ...rest,
})

export function connectionRoutes({ me, hosts, listed, tell, empty }) {
  let connection = empty ? null : makeConnection()
  let rules = { updated_at: null, updated_by: null, never: { host_ids: [3], labels: ['dc'], hostnames: ['gw-*'] } }
  const [first, second] = hosts
  const collections = empty
    ? []
    : [
        collection(4, first, 'Windows.System.Pslist', 'completed'),
        collection(3, first, 'Windows.Search.FileFinder', 'completed', {
          files: 2,
          parameters: { SearchFilesGlob: 'C:\\Users\\*\\Downloads\\*.js', Upload_File: 'Y' },
        }),
        collection(2, second, 'Linux.Sys.Users', 'waiting', { reason: 'The endpoint was last seen 3 hours ago.' }),
        collection(1, first, 'Windows.System.PowerShell', 'failed', {
          error: 'exec: "powershell": file does not exist',
          error_kind: 'endpoint',
        }),
      ]
  const isolations = []
  const byId = (id) => collections.find((row) => row.id === Number(id))
  const move = (row, after, change) =>
    setTimeout(() => {
      Object.assign(row, change)
      tell({ type: 'collection', id: row.id, status: row.status, progress: row.progress, rows: row.rows })
    }, after)
  const start = (row) => {
    Object.assign(row, { status: 'running', progress: 0.1, error: '', error_kind: '', finished_at: null })
    for (let part = 1; part <= 5; part += 1) move(row, part * 1_500, { rows: part * 20, progress: part / 6 })
    move(row, 9_000, { status: 'completed', progress: 1, finished_at: now() })
  }
  const isolate =
    (action) =>
    ([, id], body) => {
      const host = hosts.find((each) => each.id === Number(id))
      if (action === 'isolate' && host.labels.includes('dc')) {
        return refusal(
          409,
          'isolation_refused',
          'Hosts with the label “dc” are never isolated: the rule is on the page of the Velociraptor connection.',
        )
      }
      const row = {
        id: isolations.length + 1,
        host_id: host.id,
        action,
        status: 'running',
        verified: null,
        error: '',
        reason: body.reason,
        requested_by: me.id,
        username: me.username,
        note: '',
        created_at: now(),
        finished_at: null,
      }
      isolations.unshift(row)
      host.isolation = action === 'isolate' ? 'pending' : 'releasing'
      setTimeout(() => {
        if (row.status === 'cancelled') return
        Object.assign(row, { status: 'completed', verified: host.id % 2 === 1, finished_at: now() })
        host.isolation = action === 'release' ? 'none' : host.id % 2 === 1 ? 'isolated' : 'unverified'
        tell({ type: 'isolation', id: row.id, status: 'completed', progress: 1 })
      }, 4_000)
      return { status: 202, body: row }
    }
  const rowsOf = (row) =>
    Array.from({ length: row.rows }, (_, index) => ({
      id: row.id * 1_000 + index,
      host_id: row.host_id,
      hostname: row.hostname,
      source_id: row.id,
      source_kind: 'collection',
      source_name: row.artifact_name,
      collected_at: row.created_at,
      event_time: null,
      data: { Pid: 400 + index, Name: index % 7 ? 'svchost.exe' : 'powershell.exe', Username: 'SYSTEM' },
    }))
  return [
    [
      'GET',
      /^\/velociraptor\/config$/,
      () =>
        connection
          ? ok(connection)
          : refusal(404, 'velociraptor_not_configured', 'no Velociraptor server is connected'),
    ],
    [
      'POST',
      /^\/velociraptor\/config\/test$/,
      async (_m, body) => {
        await new Promise((done) => setTimeout(done, 700))
        const checks = checksOf(body)
        const sound = checks.every((each) => each.ok || each.optional)
        return ok({ ok: sound, usable: sound, checks, orgs: [{ id: 'O123', name: 'Acme North' }] })
      },
    ],
    [
      'POST',
      /^\/velociraptor\/config$/,
      () => {
        connection = makeConnection()
        return ok({ ...connection, checks: checksOf({}) })
      },
    ],
    ['PATCH', /^\/velociraptor\/config$/, (_m, body) => ok(Object.assign(connection, body))],
    [
      'DELETE',
      /^\/velociraptor\/config$/,
      () => {
        connection = null
        return { status: 204 }
      },
    ],
    ['GET', /^\/velociraptor\/sync$/, () => ok(sync)],
    [
      'POST',
      /^\/velociraptor\/sync$/,
      () => {
        Object.assign(sync, { status: 'running', pass: 'full', progress: 0.4 })
        setTimeout(
          () => Object.assign(sync, { status: 'waiting', pass: '', last_full_at: now(), last_at: now() }),
          4_000,
        )
        return { status: 202, body: sync }
      },
    ],
    ['GET', /^\/velociraptor\/callbacks$/, () => ok(callbacks)],
    [
      'POST',
      /^\/velociraptor\/callbacks\/install$/,
      (_m, body) => {
        const refused = body.manual ? [] : [check('artifact', false, 'Our user lacks server_artifact_writer.')]
        Object.assign(callbacks, { status: 'manual', installed: false, installed_at: now(), checks: refused })
        return ok({ ...callbacks, manual })
      },
    ],
    [
      'DELETE',
      /^\/velociraptor\/callbacks\/install$/,
      () => {
        Object.assign(callbacks, { status: 'none', installed: false, installed_at: null, checks: [] })
        return ok({ removed: true, checks: [], steps: [] })
      },
    ],
    ['GET', /^\/velociraptor\/isolation-rules$/, () => ok(rules)],
    [
      'PUT',
      /^\/velociraptor\/isolation-rules$/,
      (_m, body) => {
        rules = body
        return ok(rules)
      },
    ],
    [
      'GET',
      /^\/velociraptor\/artifacts$/,
      (_m, _b, url) => {
        const words = (url.searchParams.get('q') ?? '').toLowerCase()
        const found = definitions.filter((row) => `${row.name} ${row.description}`.toLowerCase().includes(words))
        return { body: found, headers: { 'X-Total-Count': String(found.length) } }
      },
    ],
    [
      'GET',
      /^\/velociraptor\/artifacts\/(.+)$/,
      ([, name]) => {
        const found = definitions.find((row) => row.name === decodeURIComponent(name))
        return found ? ok(found) : missing
      },
    ],
    [
      'POST',
      /^\/velociraptor\/collect$/,
      (_m, body) => {
        const host = hosts.find((each) => each.id === body.host_id)
        const row = collection(collections.length + 1, host, body.artifact_name, 'queued', {
          parameters: body.parameters ?? {},
          created_at: now(),
          started_at: null,
        })
        collections.unshift(row)
        setTimeout(() => start(row), 1_000)
        return { status: 202, body: row }
      },
    ],
    [
      'GET',
      /^\/velociraptor\/collections$/,
      (_m, _b, url) => {
        const query = new URLSearchParams(url.searchParams)
        const host = query.get('host_id')
        query.delete('host_id')
        return listed(
          collections.filter((row) => !host || row.host_id === Number(host)),
          query,
          url,
        )
      },
    ],
    ['GET', /^\/velociraptor\/collections\/(\d+)$/, ([, id]) => (byId(id) ? ok(byId(id)) : missing)],
    [
      'GET',
      /^\/velociraptor\/collections\/(\d+)\/results$/,
      ([, id], _b, url) =>
        listed(
          rowsOf(byId(id)),
          new URLSearchParams({ limit: '100', cursor: url.searchParams.get('cursor') ?? '0' }),
          url,
        ),
    ],
    [
      'GET',
      /^\/velociraptor\/collections\/(\d+)\/files$/,
      ([, id]) =>
        ok(
          byId(id)?.files
            ? [1, 2].map((file) => ({
                id: file,
                path: `C:\\Users\\mia\\Downloads\\invoice-${file}.js`,
                size: 48_211 * file,
                sha256: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
                status: file === 1 ? 'kept' : 'too_large',
                error: file === 1 ? '' : 'Larger than 1 GiB: it stays on the Velociraptor server.',
              }))
            : [],
        ),
    ],
    [
      'POST',
      /^\/velociraptor\/collections\/(\d+)\/cancel$/,
      ([, id]) => ({ status: 202, body: Object.assign(byId(id), { status: 'cancelled', finished_at: now() }) }),
    ],
    [
      'POST',
      /^\/velociraptor\/collections\/(\d+)\/retry$/,
      ([, id]) => {
        start(byId(id))
        return { status: 202, body: byId(id) }
      },
    ],
    ['POST', /^\/hosts\/(\d+)\/isolate$/, isolate('isolate')],
    ['POST', /^\/hosts\/(\d+)\/release$/, isolate('release')],
    [
      'POST',
      /^\/velociraptor\/isolations\/(\d+)\/cancel$/,
      ([, id]) => {
        const row = isolations.find((each) => each.id === Number(id))
        if (!row) return missing
        Object.assign(row, { status: 'cancelled', finished_at: now() })
        hosts.find((each) => each.id === row.host_id).isolation = 'none'
        return ok(row)
      },
    ],
    ['GET', /^\/hosts\/(\d+)\/aliases$/, () => ok([])],
    ['GET', /^\/hosts\/(\d+)\/isolations$/, ([, id]) => ok(isolations.filter((row) => row.host_id === Number(id)))],
  ]
}
