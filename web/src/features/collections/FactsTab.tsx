import { Stack } from '@mantine/core'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import type { Collection } from '../../api/models'
import { usePaths } from '../../app/me'
import { CopyText } from '../../ui/CopyText'
import { Facts, Panel } from '../../ui/Page'
import { Elapsed, ExactTime } from '../../ui/TimeAgo'
import css from './Collections.module.css'

/** What was asked, when, and how it is called on the server. */
export function FactsTab({ row }: { row: Collection }) {
  const { t } = useTranslation()
  const paths = usePaths()
  const parameters = Object.entries(row.parameters ?? {})
  return (
    <Stack gap="sm">
      <Panel title={t('collections.facts.title')}>
        <Facts
          facts={[
            [t('collections.facts.client'), <CopyText key="client" value={row.client_id} />],
            [t('collections.facts.user'), row.username || t('common.notSet')],
            ...(row.execution_id
              ? ([
                  [
                    t('collections.facts.run'),
                    <Link key="run" to={paths.run(row.execution_id)}>
                      {`#${row.execution_id}`}
                    </Link>,
                  ],
                ] as [string, ReactNode][])
              : []),
            [t('collections.facts.newRows'), t('collections.number', { count: row.rows_new })],
            [t('collections.facts.indicators'), t('collections.number', { count: row.indicators })],
            [t('collections.facts.attempt'), t('collections.number', { count: row.attempt })],
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
    </Stack>
  )
}
