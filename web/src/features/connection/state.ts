import type { Connection } from '../../api/models'

/** How near the end of the certificate is; null while there is time, or where there is none. */
export function expiryOf({
  expires_at: at,
  expires_in_days: days,
}: Pick<Connection, 'expires_at' | 'expires_in_days'>): 'over' | 'now' | 'soon' | null {
  if (!at || days === null || days === undefined || days > 30) return null
  if (days < 0) return 'over'
  return days <= 7 ? 'now' : 'soon'
}

/** The systems that can be isolated. */
export const systems = ['windows', 'linux', 'darwin'] as const
