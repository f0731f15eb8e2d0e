/** The first part of every query key, by resource, so that a whole resource can be refreshed at once. */
export const keys = {
  me: 'me',
  sessions: 'sessions',
  apiKeys: 'apiKeys',
  users: 'users',
  dashboard: 'dashboard',
  hosts: 'hosts',
  cases: 'cases',
  artifacts: 'artifacts',
  playbooks: 'playbooks',
  executions: 'executions',
  notifications: 'notifications',
  tenants: 'tenants',
  audit: 'audit',
  bulk: 'bulk',
  batches: 'batches',
  webhooks: 'webhooks',
} as const
