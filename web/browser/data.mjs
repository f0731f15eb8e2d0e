// Rows for looking at the screens without a server: made the same way every time, as many as a real tenant has.

const ago = (seconds) => new Date(Date.now() - seconds * 1000).toISOString()
let seed = 7
const random = () => {
  seed = (seed * 1103515245 + 12345) % 2147483648
  return seed / 2147483648
}
const pick = (list) => list[Math.floor(random() * list.length)]

const systems = ['Windows 11 Enterprise', 'Windows Server 2022', 'Ubuntu 24.04', 'Debian 12', 'macOS 15.1']
const labels = ['prod', 'finance', 'dc', 'dmz', 'quarantine', 'laptop', 'kiosk']

export function makeHosts(count) {
  return Array.from({ length: count }, (_, index) => {
    const score = Math.round(random() ** 3 * 100) / 100
    const kind = pick(['wks', 'srv', 'lap'])
    return {
      id: index + 1,
      hostname: `${kind}-${String(index + 1).padStart(5, '0')}.acme.local`,
      ip_address: `10.${Math.floor(index / 250) % 250}.${index % 250}.${Math.floor(random() * 250)}`,
      os: pick(systems),
      client_id: `C.${(index + 4096).toString(16).padStart(16, '0')}`,
      labels: labels.filter(() => random() < 0.22),
      host_metadata:
        index % 3
          ? {
              os_info: { kernel: '6.1.0-18', arch: 'amd64' },
              last_user: pick(['mia', 'jon', 'svc-backup']),
              agent: '0.74.1',
            }
          : {},
      threat_score: score,
      online: random() > 0.25,
      isolation: 'none',
      created_at: ago(86400 * 40),
      last_seen: ago(random() * 90000),
    }
  })
}

const titles = [
  'Suspicious PowerShell on a finance workstation',
  'LSASS read by an unsigned process',
  'Beacon to a newly registered domain',
  'New local administrator on srv-00021',
  'Ransom note found on a file share',
  'Impossible travel for svc-backup',
  'Auto-generated case',
  'Scheduled task that survives a reboot',
]

export function makeCases(count) {
  return Array.from({ length: count }, (_, index) => ({
    id: index + 1,
    title: titles[index % titles.length],
    description: index % 4 ? 'Opened by a playbook.\nThe process tree and the hashes are in the indicators below.' : '',
    status: pick(['open', 'open', 'investigating', 'closed']),
    severity: pick(['critical', 'high', 'high', 'medium', 'low']),
    ...(random() > 0.4 ? { assignee_id: pick([1, 2]) } : {}),
    tags: ['ransomware', 'phishing', 'insider'].filter(() => random() < 0.3),
    created_at: ago(3600 * (count - index) * 3),
    updated_at: ago(600 * (count - index)),
  }))
}

export function makeArtifacts(cases) {
  const values = [
    ['hash', 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855', 'Dropped by the loader'],
    ['ip', '203.0.113.77', 'Command and control'],
    ['domain', 'cdn-update.example', 'Registered two days ago'],
    ['url', 'http://cdn-update.example/a/b.php', ''],
    ['file', 'C:\\Users\\mia\\AppData\\Local\\Temp\\svch0st.exe', ''],
    ['email', 'invoice@billing.example', 'Sender of the lure'],
  ]
  let id = 0
  return cases.flatMap((row) =>
    values.slice(0, 1 + (row.id % values.length)).map(([artifact_type, value, description]) => ({
      id: ++id,
      case_id: row.id,
      artifact_type,
      value,
      description,
      artifact_metadata: {},
      created_at: row.created_at,
    })),
  )
}

export const source = `name: Triage a risky host
description: Opens a case, keeps the hash, tells everybody.
trigger:
  type: event
  event: host.ingested
  when: event.host.threat_score >= 0.7
inputs:
  host_id:
    type: host
    required: true
    default: "\${event.host_id}"
    description: The host to look at
  threshold:
    type: number
    default: 0.9
    min: 0
    max: 1
  severity:
    type: string
    enum: [low, medium, high, critical]
    default: high
  notify:
    type: boolean
    default: true
actions:
  - id: case
    type: create_case
    params:
      title: "High-risk host \${event.host.hostname}"
      severity: "\${inputs.severity}"
  - id: keep_hash
    type: add_artifact
    params: {case_id: "\${steps.case.id}", artifact_type: hash, value: "\${event.rows[0].Hash}"}
  - id: hook
    if: inputs.threshold >= 0.5
    type: send_webhook
    params: {url: "https://hooks.example/hunt", body: {case: "\${steps.case.id}"}}
    timeout: 30s
    retry: {max_attempts: 4}
  - id: tell
    if: inputs.notify
    type: send_notification
    params: {message: "Case \${steps.case.id} was opened"}
`

const steps = [
  { id: 'case', type: 'create_case', params: {} },
  { id: 'keep_hash', type: 'add_artifact', params: {} },
  { id: 'hook', type: 'send_webhook', if: 'inputs.threshold >= 0.5', params: {} },
  {
    id: 'tell',
    type: 'send_notification',
    if: 'inputs.notify',
    params: { message: 'Case ${steps.case.id} was opened' },
  },
]

export function makePlaybooks() {
  const base = {
    created_at: ago(86400 * 12),
    updated_at: ago(86400),
    source,
    inputs: {},
    actions: steps,
    trigger: { type: 'manual' },
  }
  const inputs = {
    host_id: { type: 'host', required: true, default: '${event.host_id}', description: 'The host to look at' },
    threshold: { type: 'number', default: 0.9, min: 0, max: 1 },
    severity: { type: 'string', enum: ['low', 'medium', 'high', 'critical'], default: 'high' },
    notify: { type: 'boolean', default: true },
  }
  const when = 'event.host.threat_score >= 0.7'
  return [
    {
      id: 1,
      name: 'Triage a risky host',
      description: 'Opens a case, keeps the hash, tells everybody.',
      enabled: true,
      trigger_type: 'event',
      version: 3,
      ...base,
      inputs,
      trigger: { type: 'event', events: ['host.ingested'], when },
    },
    {
      id: 2,
      name: 'Tell the channel',
      description: 'Sends a webhook to the chat.',
      enabled: true,
      trigger_type: 'event',
      version: 1,
      ...base,
      trigger: { type: 'event', events: ['case.created', 'case.updated'] },
    },
    {
      id: 3,
      name: 'Close stale cases',
      description: 'Closes what nobody has touched for a month.',
      enabled: false,
      trigger_type: 'manual',
      version: 7,
      ...base,
    },
  ]
}

export function makeExecutions() {
  const states = ['running', 'failed', 'completed', 'completed', 'queued', 'cancelled', 'completed']
  return Array.from({ length: 60 }, (_, index) => {
    const id = 60 - index
    const status = states[index % states.length]
    return makeExecution(id, status, 1 + (index % 3), index * 1500)
  })
}

export function makeExecution(id, status, playbook, age) {
  const finished = ['completed', 'failed', 'cancelled'].includes(status)
  const stepStates = {
    completed: ['completed', 'completed', 'completed', 'completed'],
    running: ['completed', 'completed', 'running', 'pending'],
    failed: ['completed', 'completed', 'failed', 'pending'],
    cancelled: ['completed', 'cancelled', 'pending', 'pending'],
    queued: [],
  }[status]
  return {
    id,
    playbook_id: playbook,
    playbook_version: [3, 1, 7][playbook - 1],
    status,
    trigger_type: playbook === 3 ? 'manual' : 'event',
    inputs: { host_id: 12, threshold: 0.9, severity: 'high', notify: true },
    created_at: ago(age + 5),
    ...(status === 'queued' ? {} : { started_at: ago(age + 4) }),
    ...(finished ? { finished_at: ago(age) } : {}),
    ...(status === 'failed' ? { error: 'hook: the address 10.0.0.5 is private; EGRESS_ALLOW does not name it' } : {}),
    workflow_id: `tenant-1-run-${id}`,
    temporal_url: `/temporal/namespaces/default/workflows/tenant-1-run-${id}`,
    steps: (stepStates ?? []).map((state, index) => makeStep(steps[index], state, age + 4 - index)),
  }
}

function makeStep({ id, type }, status, age) {
  const started = status !== 'pending'
  const finished = ['completed', 'failed', 'cancelled'].includes(status)
  return {
    key: id,
    id,
    type,
    status,
    attempts: status === 'failed' ? 4 : started ? 1 : 0,
    ...(started
      ? { input: { title: 'High-risk host wks-00012.acme.local', severity: 'high' }, started_at: ago(age) }
      : {}),
    ...(status === 'completed' ? { output: { id: 41, status: 'open', severity: 'high' } } : {}),
    ...(status === 'failed' ? { error: 'the address 10.0.0.5 is private; EGRESS_ALLOW does not name it' } : {}),
    ...(finished ? { finished_at: ago(age - 0.8) } : {}),
  }
}

export function makeNotifications() {
  const texts = [
    [
      'critical',
      'High-risk host srv-00021.acme.local',
      'Score 97: LSASS was read by an unsigned process.',
      '/hosts/21',
    ],
    ['high', 'Run #59 failed', 'Step hook: the address is private.', '/runs/59'],
    ['medium', 'Case #12 was assigned to you', '', '/cases/12'],
    ['low', 'Playbook “Tell the channel” was changed', 'Version 2 by mia.', '/playbooks/2'],
    ['info', 'Batch finished', '12,400 rows, 3 rejected.', ''],
  ]
  return Array.from({ length: 25 }, (_, index) => {
    const [severity, title, message, link] = texts[index % texts.length]
    return {
      id: 25 - index,
      seq: 25 - index,
      type: 'playbook',
      title,
      message,
      severity,
      link,
      is_read: index > 3,
      created_at: ago(index * 4000 + 30),
    }
  })
}
