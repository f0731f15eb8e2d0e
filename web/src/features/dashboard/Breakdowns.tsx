import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import type { Dashboard } from '../../api/models'
import { usePaths } from '../../app/me'
import { Panel } from '../../ui/Page'
import { SeverityBadge, SeverityShape } from '../../ui/SeverityBadge'
import badge from '../../ui/SeverityBadge.module.css'
import { EmptyState } from '../../ui/States'
import { bands, type Severity, severityOf } from '../../ui/severity'
import css from './Dashboard.module.css'

interface Part {
  key: string
  severity: Severity
  label: ReactNode
  count: number
  to: string
}

/** A whole in its parts: one bar, and a list that says the same in numbers. */
function Breakdown({ parts }: { parts: Part[] }) {
  const { i18n } = useTranslation()
  const number = new Intl.NumberFormat(i18n.language)
  return (
    <>
      <div className={css.stack} aria-hidden>
        {parts
          .filter((part) => part.count > 0)
          .map((part) => (
            <span key={part.key} style={{ flexGrow: part.count, background: `var(--vc-${part.severity})` }} />
          ))}
      </div>
      <ul className={css.legend}>
        {parts.map((part) => (
          <li key={part.key}>
            <Link to={part.to}>
              {part.label}
              <span>{number.format(part.count)}</span>
            </Link>
          </li>
        ))}
      </ul>
    </>
  )
}

/** How many hosts are in each band of threat score. */
export function HostsByBand({ hosts }: { hosts: Dashboard['hosts'] }) {
  const { t } = useTranslation()
  const paths = usePaths()
  const parts = bands.map(({ band, from }) => ({
    key: band,
    severity: severityOf(band),
    label: (
      <span className={`${badge.badge} ${badge[severityOf(band)]}`}>
        <SeverityShape severity={severityOf(band)} />
        {t(`common.severity.${band}`)}
      </span>
    ),
    count: hosts.by_band[band] ?? 0,
    to: `${paths.hosts}${from > 0 ? `?score_min=${from / 100}` : ''}`,
  }))
  return (
    <Panel title={t('dashboard.byBand')}>
      {hosts.total > 0 ? (
        <Breakdown parts={parts} />
      ) : (
        <EmptyState compact title={t('dashboard.noHosts')} hint={t('dashboard.noHostsHint')} />
      )}
    </Panel>
  )
}

/** How severe the cases are. */
export function CasesBySeverity({ cases }: { cases: Dashboard['cases'] }) {
  const { t } = useTranslation()
  const paths = usePaths()
  const counts: Record<string, number> = cases.by_severity
  const parts = (['critical', 'high', 'medium', 'low'] as const).map((severity) => ({
    key: severity,
    severity,
    label: <SeverityBadge severity={severity} />,
    count: counts[severity] ?? 0,
    to: `${paths.cases}?severity=${severity}`,
  }))
  return (
    <Panel title={t('dashboard.bySeverity')}>
      {parts.some((part) => part.count > 0) ? (
        <Breakdown parts={parts} />
      ) : (
        <EmptyState compact title={t('dashboard.noCases')} />
      )}
    </Panel>
  )
}
