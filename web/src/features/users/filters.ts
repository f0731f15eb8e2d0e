import type { User, UserQuery } from '../../api/models'
import { sortFrom } from '../../ui/sort'

export const roles = ['viewer', 'user', 'admin', 'super_admin'] as const
export type Role = (typeof roles)[number]

export const states = ['active', 'invited', 'locked', 'inactive'] as const
type State = (typeof states)[number]

/** What filters the list in the address. */
export const filterNames = ['q', 'role', 'state'] as const

/** The roles somebody of this role may give: none above the own. */
export function grantable(own: string): Role[] {
  return roles.slice(0, roles.indexOf(own as Role) + 1)
}

/** Whether the first role is above the second. */
export function isAbove(role: string, other: string): boolean {
  return roles.indexOf(role as Role) > roles.indexOf(other as Role)
}

/** The one word for how an account stands; what keeps somebody out comes first. */
export function stateOf(user: User, now: number): State {
  if (!user.is_active) return 'inactive'
  if (user.locked_until && Date.parse(user.locked_until) > now) return 'locked'
  return user.invited ? 'invited' : 'active'
}

export const sortOf = (params: URLSearchParams) =>
  sortFrom(params, ['username', 'created_at', 'last_login_at'], 'username')

const narrowed: Record<State, UserQuery> = {
  active: { is_active: 'true', invited: 'false', locked: 'false' },
  invited: { is_active: 'true', invited: 'true' },
  locked: { is_active: 'true', locked: 'true' },
  inactive: { is_active: 'false' },
}

/** What the address asks the server for. */
export function filterOf(params: URLSearchParams): UserQuery {
  const q = params.get('q')
  const role = roles.find((known) => known === params.get('role'))
  const state = states.find((known) => known === params.get('state'))
  return { sort: sortOf(params), ...(q ? { q } : {}), ...(role ? { role } : {}), ...(state ? narrowed[state] : {}) }
}
