import { Button } from '@mantine/core'
import { IconEyeOff } from '@tabler/icons-react'
import { useInfiniteQuery } from '@tanstack/react-query'
import { Fragment } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { usePaths } from '../../app/me'
import { sightingsQuery } from '../../resources/artifacts'
import { Heads, ScrollTable } from '../../ui/ScrollTable'
import { EmptyState, ErrorState, LoadingLines } from '../../ui/States'
import { TimeAgo } from '../../ui/TimeAgo'
import { useRows } from '../../ui/useRows'
import { byHost, type HostSightings } from './byHost'
import css from './Indicators.module.css'

const briefHosts = 5

/** On which hosts an indicator was seen, and in what; in brief the first few hosts only. */
export function Sightings({ id, brief = false }: { id: number; brief?: boolean }) {
  const { t } = useTranslation()
  const query = useInfiniteQuery(sightingsQuery(id))
  const { rows, loading, loadingMore, loadMore } = useRows(query)
  if (loading) return <LoadingLines lines={3} />
  if (query.error && !query.data) return <ErrorState error={query.error} retry={() => void query.refetch()} />
  const hosts = byHost(rows)
  if (hosts.length === 0) {
    return (
      <EmptyState
        compact
        icon={IconEyeOff}
        title={t('indicators.sightings.empty')}
        hint={t('indicators.sightings.emptyHint')}
      />
    )
  }
  if (brief) return <Brief hosts={hosts.slice(0, briefHosts)} />
  return (
    <ScrollTable
      flush
      label={t('indicators.sightings.title')}
      head={
        <Heads
          names={[
            t('indicators.sightings.where'),
            t('indicators.sightings.field'),
            t('indicators.sightings.count'),
            t('indicators.column.firstSeen'),
            t('indicators.column.lastSeen'),
          ]}
        />
      }
      foot={
        query.hasNextPage ? (
          <Button variant="subtle" size="compact-sm" loading={loadingMore} onClick={loadMore}>
            {t('indicators.sightings.more')}
          </Button>
        ) : null
      }
    >
      {hosts.map((host) => (
        <HostRows key={host.id} host={host} />
      ))}
    </ScrollTable>
  )
}

function HostRows({ host }: { host: HostSightings }) {
  const { t } = useTranslation()
  const paths = usePaths()
  return (
    <Fragment>
      <tr className={css.hostRow}>
        <td colSpan={2}>
          <Link to={paths.host(host.id)}>{host.name}</Link>
        </td>
        <td>{t('indicators.number', { count: host.count })}</td>
        <td />
        <td>
          <TimeAgo at={host.lastSeen} />
        </td>
      </tr>
      {host.places.map((place) => (
        <tr key={`${place.source_id}-${place.field}`}>
          <td className={css.place}>{place.source_name}</td>
          <td className="mono">{place.field}</td>
          <td>{t('indicators.number', { count: place.count })}</td>
          <td>
            <TimeAgo at={place.first_seen} />
          </td>
          <td>
            <TimeAgo at={place.last_seen} />
          </td>
        </tr>
      ))}
    </Fragment>
  )
}

function Brief({ hosts }: { hosts: HostSightings[] }) {
  const { t } = useTranslation()
  const paths = usePaths()
  return (
    <section aria-label={t('indicators.sightings.title')}>
      <h3 className={css.subtitle}>{t('indicators.sightings.title')}</h3>
      <ul className={css.brief}>
        {hosts.map((host) => (
          <li key={host.id}>
            <Link to={paths.host(host.id)} className="truncate">
              {host.name}
            </Link>
            <span className={css.muted}>
              <TimeAgo at={host.lastSeen} />
            </span>
          </li>
        ))}
      </ul>
    </section>
  )
}
