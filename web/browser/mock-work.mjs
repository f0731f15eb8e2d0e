// The mock's routes for what hosts send in and what analysts keep of it: indicators with sightings, paste and import;
// batches that move on while one looks; webhooks; comments and tasks of cases. A text that says "nothing" holds nothing.
const now = () => new Date().toISOString()
const ago = (seconds) => new Date(Date.now() - seconds * 1000).toISOString()
const ok = (body) => ({ body })
const missing = { status: 404, body: { status: 404, code: 'not_found', detail: 'there is no such row' } }

/** What every indicator has beside its value. */
export function withDetails(rows) {
  const tlps = ['amber', 'amber', 'green', 'red', 'amber+strict', 'clear']
  const origins = ['manual', 'extracted', 'extracted', 'import', 'playbook']
  return rows.map((row) => ({
    ...row,
    tlp: tlps[row.id % tlps.length],
    tags: ['apt', 'phishing', 'c2'].filter((_, index) => (row.id + index) % 3 === 0),
    origin: origins[row.id % origins.length],
    expired: row.id % 11 === 0,
    ...(row.id % 4 === 0 ? { expires_at: ago(row.id % 11 === 0 ? 86_400 : -86_400 * 30) } : {}),
    false_positive: row.id % 13 === 0,
    fp_reason: row.id % 13 === 0 ? 'Our own update server' : '',
    sightings: (row.id * 7) % 40,
    hosts: (row.id * 3) % 9,
    ...(row.id % 5 ? { first_seen: ago(86_400 * 9), last_seen: ago(600 * row.id) } : {}),
    case_ids: [row.case_id],
  }))
}

function makeBatches() {
  const files = ['Collection-wks-042.zip', 'security-events.json', 'inventory.csv', 'kape-triage.ndjson.gz']
  const states = ['running', 'completed', 'failed', 'completed', 'cancelled', 'completed']
  return Array.from({ length: 24 }, (_, index) => {
    const status = states[index % states.length]
    const lines = 1_200 + index * 8_431
    const rejected = index % 3 === 1 ? 0 : 17 * (index + 1)
    return {
      id: 24 - index,
      status,
      progress: status === 'running' ? 0.4 : status === 'completed' ? 1 : 0.6,
      phase: status === 'running' ? 'processing' : 'done',
      filename: files[index % files.length],
      source: index % 2 ? 'Windows.System.Pslist' : '',
      format: ['zip', 'json', 'csv', 'ndjson'][index % 4],
      hostname: '',
      client_id: '',
      bytes: lines * 743,
      lines,
      accepted: lines - rejected,
      rejected,
      errors_kept: rejected,
      mended: index % 5,
      rows: lines * 3,
      rows_new: lines * 2,
      indicators: index * 11,
      hosts_created: index * 2,
      hosts_updated: index * 9,
      error: status === 'failed' ? 'The upload ended before the file did' : '',
      error_code: status === 'failed' ? 'upload_incomplete' : '',
      attempt: 1,
      created_by: 1,
      created_at: ago(index * 7_200 + 40),
      started_at: ago(index * 7_200 + 30),
      finished_at: status === 'running' ? null : ago(index * 7_200),
    }
  })
}

const reasons = ['not valid JSON: unexpected end', 'hostname: must be there', 'rows: must be an array']
const makeErrors = (batch) =>
  Array.from({ length: Math.min(60, batch.rejected) }, (_, index) => ({
    line: 7 + index * 31,
    offset: 4_000 + index * 900,
    reason: reasons[index % reasons.length],
    ...(index % 3 === 1 ? { field: 'hostname' } : {}),
    excerpt:
      '{"hostname": "", "rows": [{"Name": "svchost.exe", "Pid": 640, "CommandLine": "C:\\\\Windows\\\\System32\\\\svch',
  }))

function found(text) {
  if (text.includes('nothing')) return { found: [], truncated: false }
  const one = (artifact_type, value, original, rest = {}) => ({
    artifact_type,
    value,
    original,
    accepted: true,
    known_false_positive: false,
    subtype: '',
    line: 1,
    offset: 0,
    times: 1,
    warnings: [],
    ...rest,
  })
  return {
    truncated: false,
    found: [
      one('url', 'https://cdn-update.example/a.php', 'hxxps://cdn-update[.]example/a.php'),
      one('ip', '203.0.113.77', '203[.]0[.]113[.]77', { known_id: 2, times: 3 }),
      one('hash', 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855', ''),
      one('ip', '192.168.1.10', '192.168.1.10', {
        accepted: false,
        guard: 'private_address',
        guard_reason: 'A private address: every network has its own.',
      }),
      one('domain', 'microsoft.com', 'microsoft.com', {
        accepted: false,
        guard: 'popular_domain',
        guard_reason: 'A domain that nearly everybody visits.',
      }),
    ],
  }
}

function caseRoutes(me) {
  const comments = [
    {
      id: 2,
      author_id: 2,
      author: 'jon',
      execution_id: null,
      body: 'Isolated, image taken. @admin please look at:\n\n- `svch0st.exe` in *Temp*\n- the scheduled task **Updater**\n\n| host | score |\n|---|---|\n| wks-00012 | 97 |',
      created_at: ago(5_000),
      edited_at: ago(4_000),
    },
    {
      id: 1,
      author_id: 1,
      author: 'admin',
      execution_id: null,
      body: 'The lure came from <b>billing.example</b>, see [the report](https://intel.example/42).',
      created_at: ago(9_000),
      edited_at: null,
    },
  ]
  const task = (id, title, rest = {}) => ({
    id,
    case_id: 1,
    title,
    description: '',
    status: 'open',
    assignee_id: null,
    due_at: null,
    position: id,
    created_at: ago(9_000),
    updated_at: ago(9_000),
    completed_at: null,
    ...rest,
  })
  const tasks = [
    task(1, 'Image the disk of wks-00012', { status: 'done', completed_at: ago(60) }),
    task(2, 'Ask finance who opened the mail', { assignee_id: 2, due_at: ago(7_200) }),
    task(3, 'Hunt for the hash on all hosts', { status: 'in_progress', assignee_id: 1, due_at: ago(-86_400) }),
  ]
  const put = (rows, row) => {
    rows.unshift(row)
    return { status: 201, body: row }
  }
  const change = (rows, id, body) => {
    const row = rows.find((each) => each.id === Number(id))
    return row ? ok(Object.assign(row, body)) : missing
  }
  const drop = (rows, id) => {
    rows.splice(
      rows.findIndex((each) => each.id === Number(id)),
      1,
    )
    return { status: 204 }
  }
  const comment = (body) => ({
    id: comments.length + 10,
    author_id: me.id,
    author: me.username,
    execution_id: null,
    created_at: now(),
    edited_at: null,
    ...body,
  })
  return [
    ['GET', /^\/cases\/\d+\/comments$/, () => ok(comments)],
    ['POST', /^\/cases\/\d+\/comments$/, (_m, body) => put(comments, comment(body))],
    ['PATCH', /^\/cases\/\d+\/comments\/(\d+)$/, ([, id], body) => change(comments, id, { ...body, edited_at: now() })],
    ['DELETE', /^\/cases\/\d+\/comments\/(\d+)$/, ([, id]) => drop(comments, id)],
    ['GET', /^\/cases\/\d+\/tasks$/, () => ok(tasks)],
    ['POST', /^\/cases\/\d+\/tasks$/, (_m, body) => put(tasks, task(tasks.length + 10, body.title))],
    ['PATCH', /^\/cases\/\d+\/tasks\/(\d+)$/, ([, id], body) => change(tasks, id, body)],
    ['DELETE', /^\/cases\/\d+\/tasks\/(\d+)$/, ([, id]) => drop(tasks, id)],
  ]
}

function webhookRoutes(empty) {
  const webhook = (id, name, rest = {}) => ({
    id,
    name,
    enabled: true,
    hint: `wh_${id}Kq7`,
    signed: true,
    signature_header: 'X-Hub-Signature-256',
    created_at: ago(86_400 * id),
    updated_at: ago(86_400),
    last_used_at: ago(300 * id),
    received: 1_204 * id,
    refused: id - 1,
    ...rest,
  })
  const webhooks = empty
    ? []
    : [webhook(1, 'GitHub'), webhook(2, 'EDR console', { signed: false, signature_header: '' })]
  const told = { url: 'https://vc.example/api/ingestion/webhooks/6rLk2d9vQm1xP0aTzB4c', secret: 'Zt9vN2kq8sLx4yRb' }
  return [
    ['GET', /^\/webhooks$/, () => ok(webhooks)],
    [
      'POST',
      /^\/webhooks$/,
      (_m, body) => {
        const row = webhook(webhooks.length + 1, body.name, {
          signed: body.signed ?? false,
          signature_header: body.signature_header ?? '',
          received: 0,
          refused: 0,
          last_used_at: null,
        })
        webhooks.push(row)
        return { status: 201, body: { ...row, ...told } }
      },
    ],
    ['PATCH', /^\/webhooks\/(\d+)$/, ([, id], body) => ok(Object.assign(webhooks[Number(id) - 1], body))],
    ['POST', /^\/webhooks\/(\d+)\/rotate$/, ([, id]) => ok({ ...webhooks[Number(id) - 1], ...told })],
    [
      'GET',
      /^\/webhooks\/\d+\/deliveries$/,
      () =>
        ok(
          Array.from({ length: 8 }, (_, index) => ({
            id: 8 - index,
            delivery_id: `7f3a-${index}`,
            outcome: index === 2 ? 'refused' : 'accepted',
            reason: index === 2 ? 'signature_invalid' : '',
            content_type: 'application/json',
            headers: {},
            size: 812 + index,
            mended: 0,
            ip_address: '198.51.100.7',
            received_at: ago(index * 400 + 20),
          })),
        ),
    ],
  ]
}

export function workRoutes({ me, artifacts, hosts, cases, listed, tell, empty }) {
  const batches = empty ? [] : makeBatches()
  const batch = (id) => batches.find((row) => row.id === Number(id))
  function take(_match, _body, url) {
    const row = {
      ...makeBatches()[0],
      id: batches.length + 1,
      filename: url.searchParams.get('filename'),
      created_at: now(),
    }
    Object.assign(row, { status: 'running', progress: 0.25, phase: 'processing', accepted: 0, rejected: 0 })
    batches.unshift(row)
    for (let step = 1; step <= 10; step += 1) {
      setTimeout(() => {
        Object.assign(row, { progress: 0.25 + step * 0.075, accepted: step * 118, rejected: step * 2 })
        if (step === 10) Object.assign(row, { status: 'completed', phase: 'done', progress: 1, finished_at: now() })
        tell({ type: 'batch', ...row })
      }, step * 700)
    }
    return { status: 202, body: row }
  }
  return [
    ['POST', /^\/artifacts\/parse$/, (_m, body) => ok(found(body.text))],
    [
      'POST',
      /^\/artifacts\/batch$/,
      (_m, body) => ok({ created: body.items.length, existing: 0, rejected: 0, items: [] }),
    ],
    [
      'POST',
      /^\/artifacts\/import$/,
      () =>
        ok({
          dry_run: true,
          lines: 44,
          created: 40,
          updated: 2,
          unchanged: 1,
          rejected: 1,
          ignored_columns: ['colour'],
          errors: [{ line: 12, message: 'value: is no IP address' }],
        }),
    ],
    ['GET', /^\/artifacts\/(\d+)$/, ([, id]) => ok(artifacts.find((row) => row.id === Number(id)))],
    ['PATCH', /^\/artifacts\/(\d+)$/, ([, id], body) => ok(Object.assign(artifacts[Number(id) - 1], body))],
    [
      'GET',
      /^\/artifacts\/\d+\/sightings$/,
      () =>
        ok(
          hosts.slice(0, 4).flatMap((host, index) =>
            ['Windows.System.Pslist', 'Windows.Sysmon'].slice(0, 1 + (index % 2)).map((source_name, source) => ({
              host_id: host.id,
              hostname: host.hostname,
              source_id: source + 1,
              source_name,
              field: 'Hash.SHA256',
              count: 3 + index,
              first_seen: ago(90_000),
              last_seen: ago(4_000 * (index + 1)),
            })),
          ),
        ),
    ],
    ['GET', /^\/artifacts\/\d+\/cases$/, () => ok(cases.slice(0, 2))],
    ['GET', /^\/ingestion\/batches$/, (_m, _b, url) => listed(batches, url.searchParams, url)],
    ['POST', /^\/ingestion\/batches$/, take],
    ['GET', /^\/ingestion\/batches\/(\d+)$/, ([, id]) => (batch(id) ? ok(batch(id)) : missing)],
    ['GET', /^\/ingestion\/batches\/(\d+)\/errors$/, ([, id]) => ok(makeErrors(batch(id)))],
    [
      'POST',
      /^\/ingestion\/batches\/(\d+)\/(cancel|retry)$/,
      ([, id, what]) => ({
        status: 202,
        body: Object.assign(batch(id), { status: what === 'cancel' ? 'cancelled' : 'running' }),
      }),
    ],
    ...webhookRoutes(empty),
    ...caseRoutes(me),
  ]
}
