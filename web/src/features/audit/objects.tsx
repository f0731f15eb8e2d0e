import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import type { AuditEntry } from '../../api/models'
import { usePaths } from '../../app/me'
import css from './Audit.module.css'

/** The page of the object a line is about, or null when it has none. */
function pathOf(paths: ReturnType<typeof usePaths>, type: string, id: string): string | null {
  const number = Number(id)
  if (!Number.isInteger(number) || number <= 0) return null
  const pages: Record<string, (id: number) => string> = {
    user: paths.user,
    tenant: paths.tenant,
    host: paths.host,
    host_rows: paths.host,
    case: paths.case,
    playbook: paths.playbook,
    execution: paths.run,
  }
  return pages[type]?.(number) ?? null
}

/** What kind of object it is, in the person's language; the bare word when the screen has none. */
export function useTypeName(): (type: string) => string {
  const { t, i18n } = useTranslation()
  return (type) => {
    const key = `audit.types.${type}`
    return i18n.exists(key) ? (t(key as 'audit.types.user') as string) : type
  }
}

/** The name the object has or had, when the line tells it. */
function nameIn(entry: AuditEntry): string | null {
  for (const state of [entry.after, entry.before]) {
    if (typeof state !== 'object' || state === null) continue
    const row = state as Record<string, unknown>
    for (const field of ['name', 'username', 'hostname', 'title', 'value']) {
      if (typeof row[field] === 'string' && row[field] !== '') return row[field]
    }
  }
  return null
}

/** The object of a line: its kind and number, its name, and the way to it. */
export function ObjectLink({ entry }: { entry: AuditEntry }) {
  const paths = usePaths()
  const nameOf = useTypeName()
  const { resource_type: type, resource_id: id } = entry
  if (!type) return null
  const label = id ? `${nameOf(type)} ${id}` : nameOf(type)
  const path = pathOf(paths, type, id)
  const name = nameIn(entry)
  return (
    <span className={css.object} title={name ? `${label} · ${name}` : label}>
      {path ? <Link to={path}>{label}</Link> : label}
      {name ? <span className={css.muted}>{` ${name}`}</span> : null}
    </span>
  )
}
