import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import type { TenantVisit } from '../../api/models'
import { visitsQuery } from '../../resources/tenants'
import { Panel } from '../../ui/Page'
import { ErrorState, LoadingLines } from '../../ui/States'
import { ExactTime } from '../../ui/TimeAgo'
import { duration, useTimeFormat } from '../../ui/time'
import css from './Tenants.module.css'

/** Who of other tenants was in this one, and why. */
export function Visits({ tenantId }: { tenantId: number }) {
  const { t } = useTranslation()
  const query = useQuery(visitsQuery(tenantId))
  return (
    <Panel title={t('tenants.visits.title')}>
      {query.isPending ? <LoadingLines lines={2} /> : null}
      {query.error && !query.data ? <ErrorState error={query.error} retry={() => void query.refetch()} /> : null}
      {query.data?.length === 0 ? <p className={css.none}>{t('tenants.visits.none')}</p> : null}
      <ul className={css.visits}>
        {query.data?.map((visit) => (
          <li key={visit.id}>
            <Visit visit={visit} />
          </li>
        ))}
      </ul>
    </Panel>
  )
}

function Visit({ visit }: { visit: TenantVisit }) {
  const { t } = useTranslation()
  const { hourMinute } = useTimeFormat()
  const length = visit.ended_at ? Date.parse(visit.ended_at) - Date.parse(visit.started_at) : null
  return (
    <>
      <div className={css.visitor}>
        <strong>{visit.visitor}</strong>
        <span>
          {length === null
            ? t('tenants.visits.there', { time: hourMinute(visit.until) })
            : t('tenants.visits.for', { time: duration(length) })}
        </span>
      </div>
      <div className={css.why}>{visit.reason}</div>
      <div className={css.when}>
        <ExactTime at={visit.started_at} />
      </div>
    </>
  )
}
