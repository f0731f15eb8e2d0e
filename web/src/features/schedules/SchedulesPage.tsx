import '../../i18n/hunts'
import '../../i18n/schedules'
import { Button } from '@mantine/core'
import { IconCalendarRepeat, IconPlus } from '@tabler/icons-react'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { Link, useNavigate } from 'react-router'
import type { Schedule } from '../../api/models'
import { useMay, usePaths } from '../../app/me'
import { schedulesQuery } from '../../resources/schedules'
import type { Column } from '../../ui/DataGrid/columns'
import { DataGrid } from '../../ui/DataGrid/DataGrid'
import { FilterBar } from '../../ui/FilterBar'
import { NotConnected, useNotConnected } from '../../ui/NotConnected'
import { Page } from '../../ui/Page'
import { SearchField } from '../../ui/SearchField'
import { EmptyState, ErrorState, StaleNotice } from '../../ui/States'
import { StatusText } from '../../ui/StatusText'
import { useShortcuts } from '../../ui/shortcuts'
import { TimeAgo } from '../../ui/TimeAgo'
import { useRows } from '../../ui/useRows'
import { useUrl } from '../../ui/useUrl'
import { useCadenceWords } from './words'

/** Every hunt that repeats. */
export function SchedulesPage() {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const paths = usePaths()
  const [params, change] = useUrl()
  const start = useMay('hunts:start')
  const q = params.get('q')?.trim() ?? ''
  const query = useInfiniteQuery(schedulesQuery(q))
  const list = useRows(query)
  const columns = useScheduleColumns()
  const alone = useNotConnected()
  const retry = () => void query.refetch()
  useShortcuts(start ? { n: () => void navigate(paths.newSchedule) } : {})
  const add = start ? (
    <Button
      size="sm"
      component={Link}
      to={paths.newSchedule}
      leftSection={<IconPlus size={15} />}
      aria-keyshortcuts="n"
    >
      {t('schedules.new')}
    </Button>
  ) : null
  return (
    <Page
      fill
      title={t('schedules.title')}
      aside={query.data ? t('schedules.count', { count: list.total }) : null}
      actions={add}
    >
      <FilterBar>
        <SearchField primary label={t('schedules.filter')} value={q} onChange={(next) => change({ q: next })} />
      </FilterBar>
      {query.error && query.data ? (
        <StaleNotice error={query.error} updatedAt={query.dataUpdatedAt} retry={retry} />
      ) : null}
      {query.error && !query.data ? (
        <ErrorState error={query.error} retry={retry} />
      ) : (
        <DataGrid
          label={t('schedules.title')}
          columns={columns}
          {...list}
          rowKey={(row) => row.id}
          onOpen={(row) => void navigate(paths.schedule(row.id))}
          empty={
            q ? (
              <EmptyState title={t('common.grid.noMatch')} />
            ) : alone ? (
              <NotConnected />
            ) : (
              <EmptyState
                icon={IconCalendarRepeat}
                title={t('schedules.empty')}
                hint={t(start ? 'schedules.emptyHint' : 'schedules.emptyReader')}
                action={add}
              />
            )
          }
        />
      )}
    </Page>
  )
}

function useScheduleColumns(): Column<Schedule>[] {
  const { t } = useTranslation()
  const paths = usePaths()
  const words = useCadenceWords()
  // biome-ignore lint/correctness/useExhaustiveDependencies: the words are a new function at each render, and always say the same
  return useMemo(
    () => [
      {
        key: 'name',
        header: t('schedules.column.name'),
        track: 'minmax(130px, 1.5fr)',
        fixed: true,
        cell: (row) => (
          <Link to={paths.schedule(row.id)} className="truncate" title={row.name}>
            {row.name}
          </Link>
        ),
      },
      {
        key: 'cadence',
        header: t('schedules.column.cadence'),
        track: 'minmax(160px, 2fr)',
        from: 'md',
        cell: (row) => words(row),
      },
      {
        key: 'status',
        header: t('schedules.column.status'),
        track: '100px',
        fixed: true,
        cell: (row) => <StatusText status={row.paused ? 'paused' : 'active'} />,
      },
      {
        key: 'next',
        header: t('schedules.column.next'),
        track: '92px',
        cell: (row) => (row.paused || !row.next_runs?.[0] ? null : <TimeAgo at={row.next_runs[0]} />),
      },
      {
        key: 'last',
        header: t('schedules.column.last'),
        track: 'minmax(120px, 1fr)',
        from: 'sm',
        cell: (row) =>
          row.last_run ? <StatusText status={row.last_run.status} /> : <span>{t('schedules.never')}</span>,
      },
    ],
    [t, paths],
  )
}
