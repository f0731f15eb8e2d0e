// The own account of the mock: sessions, keys, permissions, a second factor that takes any code but 000000.

const ago = (seconds) => new Date(Date.now() - seconds * 1000).toISOString()

const table = [
  ['account:own', 'viewer', 'read and change the own account', false],
  ['api_keys:manage', 'user', 'make and revoke own API keys', false],
  ['users:read', 'admin', 'read the tenant’s users', true],
  ['users:manage', 'admin', 'invite, change and remove users', true],
  ['tenants:read', 'admin', 'read the own tenant', true],
  ['tenants:create', 'admin', 'make tenants', true],
  ['tenants:settings', 'admin', 'change a tenant’s settings', true],
  ['tenants:manage', 'super_admin', 'suspend, delete and visit tenants', false],
  ['audit:read', 'admin', 'read, export and verify the audit log', true],
  ['hosts:read', 'viewer', 'read hosts', true],
  ['ingestion:read', 'viewer', 'read batches', true],
  ['ingestion:write', 'user', 'send in hosts and rows', true],
  ['webhooks:manage', 'admin', 'manage webhooks', false],
  ['hosts:write', 'user', 'add, change and delete hosts', true],
  ['cases:read', 'viewer', 'read cases', true],
  ['cases:write', 'user', 'open, change and delete cases', true],
  ['indicators:read', 'viewer', 'read indicators', true],
  ['indicators:write', 'user', 'add, change and delete indicators', true],
  ['ingestion:write', 'user', 'send data of hosts', true],
  ['dashboard:read', 'viewer', 'read the dashboard', true],
  ['notifications:own', 'viewer', 'read own notifications', true],
  ['playbooks:read', 'viewer', 'read playbooks', true],
  ['playbooks:manage', 'admin', 'write, enable and delete playbooks', true],
  ['executions:read', 'viewer', 'read runs', true],
  ['executions:start', 'user', 'start and cancel runs', true],
  ['temporal:view', 'super_admin', 'look into Temporal', false],
]
export const permissions = table.map(([permission, role, summary, keys]) => ({ permission, role, summary, keys }))

const chrome = 'AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36'
export const makeSessions = () => [
  {
    id: '019353aa-0000-7000-8000-000000000001',
    created_at: ago(7200),
    last_used_at: ago(20),
    expires_at: ago(-2_500_000),
    ip_address: '10.4.12.31',
    user_agent: `Mozilla/5.0 (X11; Linux x86_64) ${chrome}`,
    current: true,
  },
  {
    id: '019353aa-0000-7000-8000-000000000002',
    created_at: ago(86400 * 6),
    last_used_at: ago(5400),
    expires_at: ago(-2_000_000),
    ip_address: '2001:db8:85a3::8a2e:370:7334',
    user_agent: 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Safari/604.1',
    current: false,
  },
  {
    id: '019353aa-0000-7000-8000-000000000003',
    created_at: ago(86400 * 20),
    last_used_at: ago(86400 * 3),
    expires_at: ago(-900_000),
    ip_address: '203.0.113.9',
    user_agent: 'curl/8.14.1',
    current: false,
  },
]

export const makeKeys = () => [
  {
    id: 2,
    name: 'Nightly export',
    hint: 'vc_8fK2…q9Zd',
    scopes: ['hosts:read', 'cases:read', 'audit:read'],
    created_at: ago(86400 * 12),
    expires_at: ago(-86400 * 78),
    last_used_at: ago(3600 * 9),
    last_used_ip: '10.4.12.80',
  },
  {
    id: 1,
    name: 'Velociraptor server, old',
    hint: 'vc_1aQx…0PLm',
    scopes: ['ingestion:write'],
    created_at: ago(86400 * 400),
    expires_at: ago(86400 * 35),
  },
]

// The QR code of the address below.
const qr =
  'iVBORw0KGgoAAAANSUhEUgAAAMwAAADMAQMAAAAF7N6xAAAABlBMVEX///8AAABVwtN+AAABuklEQVR42uyX260cMQxD2QH775IdMCDlfQyS/Fl/ayxw7/gMMJKsB43f+q3/L9qmCeQnSdnYQgBpybJh+Ly1g2iym7Sl2VhEiB21BuIyotDn7GsT9SdalPvqI/J3UdLmsZ4ZdRMdLsZ5C/6rJu4hwracQoAhJ8ZeQ4FCQpwIex5WUB1GdtFXiEWULhJ37VLB8hYCTAhK2U1BvFL0OmIOL4coJ7iYkl9CcRae6paeXfQ2iq9JGcRhJEm9hvKQqjsdLMfoLZSuHH9bfDGLn9S9jTrSYkT+6DVUdxCFdJQeZ4ZOsnQN8eSNp3Hx023uI3U1W9Iz8Z4A11HiGq9jQV6ITNhDlDKpg9pTIG2htJLQDIORPe/xdhvN8Y2Mi6ij3j7fRx6HWwWeecAtRFWdzsertV45eh01qoRritq6tIViRruyR+sfBb6DKj5ceVrp8z1Gb6NMgMT1/D+jZwuNImhN+MjWJfQqiX47o+BLo9xG89kA5nrGGrWFOgXY64RPsL2Fcl3KblX+EUGbKNKq47o1/ry1XUYYNdz74FF0O2hUVtTqaCB/5MF1dLqkONf2Tu0l9Fu/9c/1JwAA///uaA0bhYgHpAAAAABJRU5ErkJggg=='

export const codes = Array.from(
  { length: 10 },
  (_, index) => `${(index * 7919 + 21113).toString(36)}-${(index * 104729 + 50021).toString(36)}-k${index}x7`,
)

export const setup = {
  secret: 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP',
  qr_code_uri: 'otpauth://totp/VelociCompanion:admin?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=VelociCompanion',
  qr_code_png: qr,
}
