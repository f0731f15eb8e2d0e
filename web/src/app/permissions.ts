/**
 * The permissions the screen asks about. The API's table says which role has which; `me` carries those of the person. The
 * server decides; this only hides what it would refuse. A test holds these names against the API document.
 */
export const permissions = [
  'users:read',
  'users:manage',
  'tenants:read',
  'tenants:create',
  'tenants:settings',
  'tenants:manage',
  'audit:read',
  'hosts:read',
  'hosts:write',
  'hosts:fields',
  'observations:read',
  'cases:read',
  'cases:write',
  'indicators:read',
  'indicators:write',
  'ingestion:read',
  'ingestion:write',
  'webhooks:manage',
  'dashboard:read',
  'notifications:own',
  'playbooks:read',
  'playbooks:manage',
  'executions:read',
  'executions:start',
  'temporal:view',
  'velociraptor:read',
  'hunts:start',
  'velociraptor:manage',
  'collections:start',
  'hosts:isolate',
] as const

export type Permission = (typeof permissions)[number]

/** Whether somebody with these permissions may do it. Without a list nobody may do anything. */
export function may(held: readonly string[] | null | undefined, permission: Permission): boolean {
  return held?.includes(permission) ?? false
}
