import '../../i18n/observations'
import { SegmentedControl } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link, useNavigate } from 'react-router'
import type { Observation } from '../../api/models'
import { usePaths } from '../../app/me'
import { JsonView } from '../JsonView'
import { Facts } from '../Page'
import { ExactTime } from '../TimeAgo'
import { JsonTree } from './JsonTree'
import css from './Observations.module.css'

interface RowDetailProps {
  row: Observation
  /** Narrows the list this row is from, when it can. */
  onFilter?: (field: string, value: string) => void
}

/** One row in full: where it is from, and its values as a tree or as JSON. */
export function RowDetail({ row, onFilter }: RowDetailProps) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const paths = usePaths()
  const [shape, setShape] = useState<'tree' | 'json'>('tree')
  const stack = (field: string) =>
    void navigate(
      `${paths.stack}?${new URLSearchParams({ field, ...(row.source_name ? { source: row.source_name } : {}) })}`,
    )
  return (
    <div className={css.detail}>
      <Facts
        facts={[
          [
            t('observations.detail.host'),
            <Link key="host" to={paths.host(row.host_id)}>
              {row.hostname}
            </Link>,
          ],
          [t('observations.detail.source'), row.source_name || row.source_kind],
          [t('observations.detail.collected'), <ExactTime key="collected" at={row.collected_at} />],
          [
            t('observations.detail.event'),
            row.event_time ? <ExactTime key="event" at={row.event_time} /> : t('observations.detail.noEvent'),
          ],
        ]}
      />
      <SegmentedControl
        size="xs"
        style={{ justifySelf: 'start' }}
        aria-label={t('observations.detail.shape')}
        value={shape}
        onChange={(next) => setShape(next as typeof shape)}
        data={[
          { value: 'tree', label: t('observations.detail.tree') },
          { value: 'json', label: t('observations.detail.json') },
        ]}
      />
      {shape === 'tree' ? (
        <JsonTree value={row.data} onFilter={onFilter} onStack={stack} />
      ) : (
        <JsonView value={row.data} label={t('observations.detail.data')} />
      )}
    </div>
  )
}
