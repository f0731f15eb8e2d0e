import { Button } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { lazy, Suspense, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Observation } from '../../api/models'
import { observationsQuery } from '../../resources/hosts'
import { JsonView } from '../../ui/JsonView'
import { Panel } from '../../ui/Page'
import { EmptyState, ErrorState, LoadingLines } from '../../ui/States'
import { TimeAgo } from '../../ui/TimeAgo'
import { useRows } from '../../ui/useRows'
import css from './Hosts.module.css'

const SideDrawer = lazy(async () => ({ default: (await import('../../ui/SideDrawer')).SideDrawer }))

/** A row in one line: its first values, in the order Velociraptor gave them. */
function inOneLine(row: Observation): string {
  return Object.entries(row.data ?? {})
    .filter(([, value]) => value !== null && value !== '')
    .map(([key, value]) => `${key}=${typeof value === 'object' ? JSON.stringify(value) : String(value)}`)
    .join('  ')
    .slice(0, 400)
}

/** The rows collected from a host, newest first. */
export function Observations({ hostId }: { hostId: number }) {
  const { t } = useTranslation()
  const query = useInfiniteQuery(observationsQuery(hostId))
  const { rows, loading, loadingMore, loadMore } = useRows(query)
  const [open, setOpen] = useState<Observation | null>(null)
  if (query.error && rows.length === 0) return <ErrorState error={query.error} retry={() => void query.refetch()} />
  if (loading) return <LoadingLines lines={8} />
  if (rows.length === 0) {
    return <EmptyState title={t('hosts.observations.empty')} hint={t('hosts.observations.emptyHint')} />
  }
  return (
    <Panel>
      <div className={css.tableScroll}>
        <table className={css.table}>
          <thead>
            <tr>
              <th scope="col">{t('hosts.observations.time')}</th>
              <th scope="col">{t('hosts.observations.source')}</th>
              <th scope="col">{t('hosts.observations.row')}</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={row.id}>
                <td className={css.nowrap}>
                  <TimeAgo at={row.event_time ?? row.collected_at} />
                </td>
                <td className={css.nowrap}>{row.source}</td>
                <td>
                  <button type="button" className={`${css.rowButton} truncate`} onClick={() => setOpen(row)}>
                    {inOneLine(row)}
                  </button>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {query.hasNextPage ? (
        <Button variant="default" mt="md" loading={loadingMore} onClick={loadMore}>
          {t('hosts.observations.more')}
        </Button>
      ) : null}
      <Suspense>
        {open ? (
          <SideDrawer
            size="lg"
            title={t('hosts.observations.detail', { id: open.id })}
            content={<JsonView value={open.data} label={t('hosts.observations.row')} />}
            onClose={() => setOpen(null)}
          />
        ) : null}
      </Suspense>
    </Panel>
  )
}
