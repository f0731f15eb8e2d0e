import { Button } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { deliveriesQuery } from '../../resources/webhooks'
import { EmptyState, ErrorState, LoadingLines } from '../../ui/States'
import { StatusText } from '../../ui/StatusText'
import { TimeAgo } from '../../ui/TimeAgo'
import { useRows } from '../../ui/useRows'
import css from './Webhooks.module.css'

/** What came to a webhook lately, and why something was refused. */
export function Deliveries({ id }: { id: number }) {
  const { t } = useTranslation()
  const query = useInfiniteQuery(deliveriesQuery(id))
  const { rows, loading, loadingMore, loadMore } = useRows(query)
  return (
    <section>
      <h3 className={css.title}>{t('webhooks.deliveries.title')}</h3>
      {loading ? <LoadingLines lines={3} /> : null}
      {query.error && !query.data ? <ErrorState error={query.error} retry={() => void query.refetch()} /> : null}
      {query.data && rows.length === 0 ? <EmptyState compact title={t('webhooks.deliveries.empty')} /> : null}
      <ul className={css.calls}>
        {rows.map((row) => (
          <li key={row.id}>
            <span className={css.call}>
              <StatusText status={row.outcome === 'accepted' ? 'success' : 'denied'} />
              <TimeAgo at={row.received_at} />
            </span>
            <span className={css.small}>
              {[row.reason, row.ip_address, t('webhooks.deliveries.bytes', { count: row.size }), row.delivery_id]
                .filter(Boolean)
                .join(' · ')}
            </span>
          </li>
        ))}
      </ul>
      {query.hasNextPage ? (
        <Button variant="subtle" size="compact-sm" loading={loadingMore} onClick={loadMore}>
          {t('webhooks.deliveries.more')}
        </Button>
      ) : null}
    </section>
  )
}
