import { useTranslation } from 'react-i18next'
import type { ConnectionCheck, ConnectionReport } from '../../api/models'
import { StatusText } from '../../ui/StatusText'
import { duration } from '../../ui/time'
import css from './Connection.module.css'

interface CheckListProps {
  report: Pick<ConnectionReport, 'checks'> | null
  /** They are being made at this moment. */
  busy: boolean
  /** What will be checked, while it is. */
  expected?: readonly string[]
}

/** What is checked of a connection, by its kind. */
export const checksOf = {
  file: ['reach', 'tls', 'identity', 'version', 'org'],
  short: ['reach', 'identity', 'version'],
} as const

/** A line for each thing a connection needs: whether it holds, what is wrong, how long the answer took. */
export function CheckList({ report, busy, expected = checksOf.file }: CheckListProps) {
  const { t } = useTranslation()
  const nameOf = useCheckName()
  if (!report && !busy) return null
  return (
    <ul className={css.checks} aria-label={t('connection.checks.title')} aria-busy={busy} aria-live="polite">
      {busy || !report
        ? expected.map((name) => (
            <li key={name} className={css.check}>
              <StatusText status="checking" />
              <b>{nameOf(name)}</b>
            </li>
          ))
        : (report.checks ?? []).map((check) => <CheckLine key={check.name} check={check} />)}
    </ul>
  )
}

function CheckLine({ check }: { check: ConnectionCheck }) {
  const { t } = useTranslation()
  const nameOf = useCheckName()
  return (
    <li className={css.check}>
      <StatusText status={statusOf(check)} />
      <span className={css.checkText}>
        <b>{nameOf(check.name)}</b>
        {check.optional && !check.ok && !check.skipped ? (
          <span className={css.muted}>{t('connection.checks.optional')}</span>
        ) : null}
        {check.message ? (
          <span className={check.ok || check.optional ? css.muted : css.failed}>{check.message}</span>
        ) : null}
      </span>
      <span className={css.muted}>{duration(check.took_ms)}</span>
    </li>
  )
}

const statusOf = ({ ok, optional, skipped }: ConnectionCheck) =>
  ok ? 'success' : skipped ? 'skipped' : optional ? 'missing' : 'failure'

/** What a check is called; one the screen does not know by its own name. */
function useCheckName(): (name: string) => string {
  const { t, i18n } = useTranslation()
  return (name) => {
    const permission = name.startsWith('permission.') ? name.slice('permission.'.length) : null
    if (permission) return t('connection.checks.permission', { permission })
    const key = `connection.checks.names.${name}`
    return i18n.exists(key) ? (t(key as 'connection.checks.names.reach') as string) : name
  }
}
