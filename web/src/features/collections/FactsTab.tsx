import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { Collection } from '../../api/models'
import { CopyText } from '../../ui/CopyText'
import { Facts, Panel } from '../../ui/Page'
import { Elapsed, ExactTime } from '../../ui/TimeAgo'
import css from './Collections.module.css'

/** What was asked, when, and how it is called on the server. */
export function FactsTab({ row }: { row: Collection }) {
  const { t } = useTranslation()
  const parameters = Object.entries(row.parameters ?? {})
  return (
    <div className={css.columns}>
      <Panel title={t('collections.facts.title')}>
        <Facts
          facts={[
            [t('collections.facts.client'), <CopyText key="client" value={row.client_id} />],
            [t('collections.facts.flow'), <CopyText key="flow" value={row.flow_id} />],
            [t('collections.column.created'), <ExactTime key="created" at={row.created_at} />],
            [t('collections.facts.finished'), <ExactTime key="finished" at={row.finished_at} />],
            [t('collections.column.took'), <Elapsed key="took" from={row.created_at} to={row.finished_at} />],
          ]}
        />
      </Panel>
      <Panel title={t('collections.facts.parameters')}>
        {parameters.length === 0 ? (
          <p className={css.muted}>{t('collections.facts.noParameters')}</p>
        ) : (
          <Facts
            facts={parameters.map(([name, value]): [string, ReactNode] => [
              name,
              <span key={name} className="mono">
                {String(value)}
              </span>,
            ])}
          />
        )}
      </Panel>
    </div>
  )
}
