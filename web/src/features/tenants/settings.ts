import type { TenantBody, TenantSettings } from '../../api/models'

/** The settings as the form has them: an empty number is 0, which means the setting is left to its default. */
export interface SettingsValues {
  name: string
  description: string
  time_zone: string
  require_totp_roles: string[]
  session_max_hours: number | ''
  max_concurrent_runs: number | ''
  task_queue_concurrency: number | ''
  audit_retention_days: number | ''
  observation_retention_days: number | ''
  /** Dotted paths, one a line. */
  stacked_fields: string
  run_vql_enabled: boolean
}

/** The bounds the server holds too, and whether 0 means something. */
export const bounds = {
  session_max_hours: { from: 1, to: 8_760, optional: true },
  max_concurrent_runs: { from: 1, to: 5_000, optional: false },
  task_queue_concurrency: { from: 1, to: 1_000, optional: true },
  audit_retention_days: { from: 30, to: 3_650, optional: true },
  observation_retention_days: { from: 1, to: 3_650, optional: true },
} as const

export type NumberSetting = keyof typeof bounds
const numberSettings = Object.keys(bounds) as NumberSetting[]

export function valuesOf(name: string, description: string, settings: TenantSettings): SettingsValues {
  return {
    name,
    description,
    time_zone: settings.time_zone,
    require_totp_roles: [...settings.require_totp_roles],
    session_max_hours: settings.session_max_hours || '',
    max_concurrent_runs: settings.max_concurrent_runs,
    task_queue_concurrency: settings.task_queue_concurrency || '',
    audit_retention_days: settings.audit_retention_days || '',
    observation_retention_days: settings.observation_retention_days || '',
    stacked_fields: settings.stacked_fields.join('\n'),
    run_vql_enabled: settings.run_vql_enabled,
  }
}

/** The paths that stand in a text, one a line. */
const pathsIn = (text: string) => [...new Set(text.split('\n').map((line) => line.trim()))].filter(Boolean)

/** Whether a number may be kept. */
export function fits(setting: NumberSetting, value: number | ''): boolean {
  const { from, to, optional } = bounds[setting]
  if (value === '' || value === 0) return optional
  return Number.isInteger(value) && value >= from && value <= to
}

/** What is sent: the fields that are not as they were. */
export function changed(before: SettingsValues, after: SettingsValues): TenantBody {
  const differs = (field: keyof SettingsValues) => JSON.stringify(before[field]) !== JSON.stringify(after[field])
  const settings: NonNullable<TenantBody['settings']> = {}
  if (differs('time_zone')) settings.time_zone = after.time_zone
  if (differs('require_totp_roles'))
    settings.require_totp_roles = after.require_totp_roles as TenantSettings['require_totp_roles']
  if (differs('stacked_fields')) settings.stacked_fields = pathsIn(after.stacked_fields)
  if (differs('run_vql_enabled')) settings.run_vql_enabled = after.run_vql_enabled
  for (const field of numberSettings) if (differs(field)) settings[field] = after[field] || 0
  return {
    ...(differs('name') ? { name: after.name.trim() } : {}),
    ...(differs('description') ? { description: after.description.trim() } : {}),
    ...(Object.keys(settings).length > 0 ? { settings } : {}),
  }
}

/** What is kept for fewer days than before: its older part will be removed. */
export function keptLess(before: SettingsValues, after: SettingsValues) {
  const days = (values: SettingsValues, setting: NumberSetting) => values[setting] || Number.POSITIVE_INFINITY
  return (['audit_retention_days', 'observation_retention_days'] as const).filter(
    (setting) => days(after, setting) < days(before, setting),
  )
}
