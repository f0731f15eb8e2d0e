import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import type { Dashboard } from '../../api/models'
import { usePaths } from '../../app/me'
import css from './Dashboard.module.css'

/** The state of the tenant in four numbers; each leads to the list it counts. */
export function Kpis({ data }: { data: Dashboard }) {
  const { t } = useTranslation()
  const paths = usePaths()
  const { hosts, cases, executions } = data
  return (
    <div className={css.kpis}>
      <Kpi
        name={t('dashboard.hostsOnline')}
        value={hosts.online}
        of={t('dashboard.ofHosts', { total: hosts.total })}
        to={`${paths.hosts}?online=1`}
      />
      <Kpi
        name={t('dashboard.riskyHosts')}
        value={(hosts.by_band.high ?? 0) + (hosts.by_band.critical ?? 0)}
        hint={t('dashboard.riskyHint')}
        to={`${paths.hosts}?score_min=0.7`}
      />
      <Kpi
        name={t('dashboard.openCases')}
        value={cases.open + cases.investigating}
        hint={t('dashboard.investigating', { count: cases.investigating })}
        to={paths.cases}
      />
      <Kpi
        name={t('dashboard.running')}
        value={executions.running}
        hint={t('dashboard.completed', { count: executions.completed_24h })}
        to={`${paths.runs}?status=active`}
      />
    </div>
  )
}

interface KpiProps {
  name: string
  value: number
  of?: string
  hint?: string
  to: string
}

function Kpi({ name, value, of, hint, to }: KpiProps) {
  const { i18n } = useTranslation()
  return (
    <Link to={to} className={css.kpi}>
      <div className={css.kpiName}>{name}</div>
      <div className={css.kpiValue}>
        {new Intl.NumberFormat(i18n.language).format(value)}
        {of ? <span className={css.kpiOf}>{of}</span> : null}
      </div>
      <div className={css.kpiHint}>{hint}</div>
    </Link>
  )
}
