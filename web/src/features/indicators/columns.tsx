import type { TFunction } from 'i18next'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import type { Artifact } from '../../api/models'
import { usePaths } from '../../app/me'
import type { Column } from '../../ui/DataGrid/columns'
import { Labels } from '../../ui/Labels'
import { TimeAgo } from '../../ui/TimeAgo'
import { TlpBadge } from '../../ui/TlpBadge'
import { CaseLinks } from './CaseLinks'
import css from './Indicators.module.css'
import { StateMark } from './StateMark'

/** The columns of the list of indicators. */
export function useIndicatorColumns(): Column<Artifact>[] {
  const { t } = useTranslation()
  const paths = usePaths()
  return useMemo(() => [...main(t, paths), ...seen(t), ...rest(t)], [t, paths])
}

function main(t: TFunction, paths: ReturnType<typeof usePaths>): Column<Artifact>[] {
  return [
    {
      key: 'type',
      header: t('indicators.column.type'),
      track: '88px',
      from: 'sm',
      cell: (row) => t(`indicators.types.${row.artifact_type}`),
    },
    {
      key: 'value',
      header: t('indicators.column.value'),
      track: 'minmax(150px, 3fr)',
      sort: 'value',
      fixed: true,
      cell: (row) => (
        <span className={css.valueCell}>
          <Link
            to={paths.indicator(row.id)}
            title={row.value}
            className={`mono truncate ${row.false_positive ? css.struck : ''}`}
          >
            {row.value}
          </Link>
          <StateMark row={row} />
        </span>
      ),
    },
    {
      key: 'tlp',
      header: t('indicators.column.tlp'),
      track: '132px',
      from: 'md',
      cell: (row) => <TlpBadge tlp={row.tlp} />,
    },
    {
      key: 'tags',
      header: t('indicators.column.tags'),
      track: 'minmax(90px, 1fr)',
      from: 'lg',
      cell: (row) => <Labels labels={row.tags} limit={2} />,
    },
  ]
}

function seen(t: TFunction): Column<Artifact>[] {
  return [
    {
      key: 'hosts',
      header: t('indicators.column.hosts'),
      track: '64px',
      sort: 'hosts',
      cell: (row) => t('indicators.number', { count: row.hosts }),
    },
    {
      key: 'sightings',
      header: t('indicators.column.sightings'),
      track: '84px',
      sort: 'sightings',
      from: 'md',
      cell: (row) => t('indicators.number', { count: row.sightings }),
    },
    {
      key: 'last_seen',
      header: t('indicators.column.lastSeen'),
      track: '92px',
      sort: 'last_seen',
      from: 'sm',
      cell: (row) => <TimeAgo at={row.last_seen} />,
    },
  ]
}

function rest(t: TFunction): Column<Artifact>[] {
  return [
    {
      key: 'cases',
      header: t('indicators.column.cases'),
      track: '84px',
      from: 'md',
      cell: (row) => <CaseLinks ids={row.case_ids} limit={2} />,
    },
    {
      key: 'expires',
      header: t('indicators.column.expires'),
      track: '92px',
      from: 'lg',
      cell: (row) => <TimeAgo at={row.expires_at} />,
    },
    {
      key: 'origin',
      header: t('indicators.column.origin'),
      track: '92px',
      from: 'md',
      cell: (row) => t(`indicators.origins.${row.origin}`),
    },
    {
      key: 'created',
      header: t('indicators.column.created'),
      track: '92px',
      sort: 'created_at',
      from: 'md',
      cell: (row) => <TimeAgo at={row.created_at} />,
    },
  ]
}
