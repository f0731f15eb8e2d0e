import { Button, Stack } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { usePaths } from '../../app/me'
import { stackHostsQuery } from '../../resources/observations'
import { CopyText } from '../../ui/CopyText'
import { EmptyState, ErrorState, LoadingLines } from '../../ui/States'
import { TimeAgo } from '../../ui/TimeAgo'
import { useRows } from '../../ui/useRows'
import css from './Observations.module.css'

interface ValueHostsProps {
  field: string
  value: string
  source: string
}

/** The hosts that have a value, and the way to their rows. */
export function ValueHosts({ field, value, source }: ValueHostsProps) {
  const { t } = useTranslation()
  const paths = usePaths()
  const query = useInfiniteQuery(stackHostsQuery(field, value, source))
  const { rows, loading, loadingMore, loadMore } = useRows(query)
  if (query.error && rows.length === 0) return <ErrorState error={query.error} retry={() => void query.refetch()} />
  const search = (host?: number) =>
    `${paths.observations}?${new URLSearchParams({
      field,
      value,
      ...(source ? { source } : {}),
      ...(host ? { host: String(host) } : {}),
    })}`
  return (
    <Stack gap="sm">
      <CopyText value={value} />
      <Button component={Link} to={search()} variant="default" size="sm">
        {t('observations.stack.showRows')}
      </Button>
      {loading ? <LoadingLines /> : null}
      {!loading && rows.length === 0 ? <EmptyState compact title={t('observations.stack.noHosts')} /> : null}
      <ul className={css.hosts} aria-label={t('observations.stack.whose')}>
        {rows.map((row) => (
          <li key={row.host_id} className={css.host}>
            <Link to={paths.host(row.host_id)} className={`${css.hostName} truncate`}>
              {row.hostname}
            </Link>
            <Link to={search(row.host_id)}>{t('observations.count', { count: row.rows })}</Link>
            <span className={css.seen}>
              <TimeAgo at={row.last_seen} />
            </span>
          </li>
        ))}
      </ul>
      {query.hasNextPage ? (
        <Button size="compact-sm" variant="default" loading={loadingMore} onClick={loadMore}>
          {t('observations.stack.more')}
        </Button>
      ) : null}
    </Stack>
  )
}
