import { Button } from '@mantine/core'
import { IconAlertTriangle, IconShield, IconShieldCheck, IconShieldX, type TablerIcon } from '@tabler/icons-react'
import { useMutation, useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import type { AuditFinding, AuditVerdict } from '../../api/models'
import { usePaths } from '../../app/me'
import { auditSizeQuery, verifyAudit } from '../../resources/audit'
import { CopyText } from '../../ui/CopyText'
import { ErrorAlert } from '../../ui/ErrorAlert'
import { ExactTime } from '../../ui/TimeAgo'
import { duration, useSeconds, useTimeFormat } from '../../ui/time'
import css from './Audit.module.css'

/** Whether the log is as it was written: asked for, checked, told. */
export function Integrity() {
  const { t } = useTranslation()
  const { hourMinute } = useTimeFormat()
  const check = useMutation({
    mutationFn: async () => ({ verdict: await verifyAudit(), at: Date.now() }),
  })
  const { verdict, at } = check.data ?? {}
  return (
    <section className={css.integrity} aria-label={t('audit.integrity.title')} data-state={verdict?.status}>
      <div className={css.verdict} role="status">
        {check.isPending ? (
          <Progress since={check.submittedAt} />
        ) : verdict ? (
          <Outcome verdict={verdict} />
        ) : (
          <Unasked />
        )}
        {at && !check.isPending ? (
          <span className={css.muted}>{t('audit.integrity.at', { time: hourMinute(at) })}</span>
        ) : null}
        <Button size="xs" variant="default" loading={check.isPending} onClick={() => check.mutate()}>
          {verdict ? t('audit.integrity.again') : t('audit.integrity.verify')}
        </Button>
      </div>
      <ErrorAlert error={check.error} />
      {verdict && !check.isPending ? <Particulars verdict={verdict} /> : null}
      {verdict && !check.isPending && verdict.findings.length > 0 ? <Findings verdict={verdict} /> : null}
    </section>
  )
}

function State({ icon: Icon, tone, children }: { icon: TablerIcon; tone?: 'ok' | 'failed'; children: ReactNode }) {
  return (
    <p className={css.state} data-tone={tone}>
      <Icon size={18} aria-hidden />
      {children}
    </p>
  )
}

function Unasked() {
  const { t } = useTranslation()
  return (
    <State icon={IconShield}>
      <span>
        <strong>{t('audit.integrity.title')}</strong> <span className={css.hint}>{t('audit.integrity.hint')}</span>
      </span>
    </State>
  )
}

function Progress({ since }: { since: number }) {
  const { t } = useTranslation()
  const seconds = useSeconds(since)
  const total = useQuery(auditSizeQuery).data
  const time = duration(seconds * 1000)
  return (
    <State icon={IconShield}>
      {total ? t('audit.integrity.busyOf', { count: total, time }) : t('audit.integrity.busy', { time })}
    </State>
  )
}

function Outcome({ verdict }: { verdict: AuditVerdict }) {
  const { t } = useTranslation()
  const intact = verdict.status === 'intact'
  return (
    <State icon={intact ? IconShieldCheck : IconShieldX} tone={intact ? 'ok' : 'failed'}>
      <span>
        <strong>{intact ? t('audit.integrity.intact') : t('audit.integrity.broken')}</strong>
        {` · ${t('audit.integrity.checked', { count: verdict.checked })}`}
        {verdict.unsealed > 0 ? ` · ${t('audit.integrity.unsealed', { count: verdict.unsealed })}` : ''}
        {verdict.overdue > 0 ? ` · ${t('audit.integrity.overdue', { count: verdict.overdue })}` : ''}
        {verdict.found > 0 ? ` · ${t('audit.integrity.findings', { count: verdict.found })}` : ''}
      </span>
    </State>
  )
}

function Particulars({ verdict }: { verdict: AuditVerdict }) {
  const { t } = useTranslation()
  const { exact } = useTimeFormat()
  return (
    <div className={css.particulars}>
      {verdict.checked > 0 ? (
        <span>{t('audit.integrity.range', { from: verdict.first_seq, to: verdict.last_seq })}</span>
      ) : null}
      {verdict.sealed_at ? <span>{t('audit.integrity.sealedAt', { time: exact(verdict.sealed_at) })}</span> : null}
      {verdict.checkpoint ? <span>{t('audit.integrity.checkpoint', { seq: verdict.checkpoint.seq })}</span> : null}
      {verdict.head_hash ? (
        <span className={css.hash}>
          {t('audit.integrity.head')} <CopyText value={verdict.head_hash} />
        </span>
      ) : null}
    </div>
  )
}

function Findings({ verdict }: { verdict: AuditVerdict }) {
  const { t } = useTranslation()
  const { findings, found } = verdict
  return (
    <>
      <p className={css.findingsHint}>
        {t('audit.integrity.findingsHint')}{' '}
        {found > findings.length ? t('audit.integrity.first', { count: findings.length }) : null}
      </p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <div className={css.findings} tabIndex={0}>
        <table className={css.table}>
          <thead>
            <tr>
              <th scope="col">{t('audit.integrity.column.kind')}</th>
              <th scope="col">{t('audit.integrity.column.seq')}</th>
              <th scope="col">{t('audit.integrity.column.time')}</th>
              <th scope="col">{t('audit.integrity.column.detail')}</th>
            </tr>
          </thead>
          <tbody>
            {findings.map((finding) => (
              <Finding key={`${finding.kind}-${finding.seq}-${finding.audit_id ?? ''}`} finding={finding} />
            ))}
          </tbody>
        </table>
      </div>
    </>
  )
}

function Finding({ finding }: { finding: AuditFinding }) {
  const { t } = useTranslation()
  const paths = usePaths()
  const number = finding.seq === null ? t('audit.integrity.unnumbered') : `#${finding.seq}`
  // A line that is gone has no page.
  const there = finding.audit_id !== null && finding.kind !== 'missing' && finding.kind !== 'cut'
  return (
    <tr>
      <td className={css.kind}>
        <IconAlertTriangle size={14} aria-hidden style={{ verticalAlign: -2 }} />{' '}
        {t(`audit.integrity.kind.${finding.kind}`)}
      </td>
      <td>{there ? <Link to={paths.auditLine(finding.audit_id ?? 0)}>{number}</Link> : number}</td>
      <td>{finding.created_at ? <ExactTime at={finding.created_at} /> : '–'}</td>
      <td>{finding.detail}</td>
    </tr>
  )
}
