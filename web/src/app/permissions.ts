/** Roles nest: each may do what the ones before it may. */
const roles = ['viewer', 'user', 'admin', 'super_admin'] as const
type Role = (typeof roles)[number]

/** What the screen offers, and the lowest role that may use it. The server decides; this only hides what it would refuse. */
const lowest = {
  read: 'viewer',
  work: 'user',
  editPlaybooks: 'admin',
  seeUsers: 'admin',
  seeTemporal: 'viewer',
} as const satisfies Record<string, Role>

export type Permission = keyof typeof lowest

/** Whether somebody of this role may do it. An unknown role may do nothing. */
export function may(role: string | undefined, permission: Permission): boolean {
  const rank = roles.indexOf(role as Role)
  return rank >= 0 && rank >= roles.indexOf(lowest[permission])
}
