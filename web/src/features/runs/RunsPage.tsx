import '../../i18n/playbooks'
import '../../i18n/runs'
import { Button } from '@mantine/core'
import { IconHistory } from '@tabler/icons-react'
import { useInfiniteQuery } from '@tanstack/react-query'
import { lazy, Suspense, useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { Link, useNavigate } from 'react-router'
import type { Execution, ExecutionQuery } from '../../api/models'
import { usePaths } from '../../app/me'
import { executionsQuery, playbooksQuery } from '../../resources/playbooks'
import type { Column } from '../../ui/DataGrid/columns'
import { DataGrid } from '../../ui/DataGrid/DataGrid'
import { FilterSpace } from '../../ui/FilterBar'
import { Page } from '../../ui/Page'
import { EmptyState, ErrorState } from '../../ui/States'
import { StatusText } from '../../ui/StatusText'
import { sortFrom } from '../../ui/sort'
import { Elapsed, TimeAgo } from '../../ui/TimeAgo'
import { useRows } from '../../ui/useRows'
import { useUrl } from '../../ui/useUrl'
import { activeStatuses, runStatuses } from './status'

const sortOf = (params: URLSearchParams) => sortFrom(params, ['id', 'created_at'], '-id')

function filterOf(params: URLSearchParams): ExecutionQuery {
  const status = runStatuses.find((known) => known === params.get('status'))
  const active = params.get('status') === 'active'
  const playbook = Number(params.get('playbook'))
  return {
    sort: sortOf(params),
    ...(status ? { status: [status] } : {}),
    ...(active ? { status: [...activeStatuses] } : {}),
    ...(playbook > 0 ? { playbook_id: playbook } : {}),
  }
}

// The rows come first: what narrows them is fetched beside them.
const RunFilters = lazy(async () => ({ default: (await import('./RunFilters')).RunFilters }))

/** Every run of every playbook, newest first. */
export function RunsPage() {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const paths = usePaths()
  const [params, change] = useUrl()
  const query = useInfiniteQuery(executionsQuery(filterOf(params)))
  const list = useRows(query)
  const names = usePlaybookNames()
  const columns = useRunColumns(names)
  const filtered = params.has('status') || params.has('playbook')
  return (
    <Page fill title={t('runs.title')} aside={query.data ? t('runs.count', { count: list.total }) : null}>
      <Suspense fallback={<FilterSpace />}>
        <RunFilters names={names} />
      </Suspense>
      {query.error && !query.data ? (
        <ErrorState error={query.error} retry={() => void query.refetch()} />
      ) : (
        <DataGrid
          label={t('runs.title')}
          columns={columns}
          {...list}
          rowKey={(row) => row.id}
          sort={sortOf(params)}
          onSort={(sort) => change({ sort })}
          onOpen={(row) => void navigate(paths.run(row.id))}
          empty={
            filtered ? (
              <EmptyState title={t('common.grid.noMatch')} hint={t('common.grid.noMatchHint')} />
            ) : (
              <EmptyState
                icon={IconHistory}
                title={t('runs.empty')}
                hint={t('runs.emptyHint')}
                action={
                  <Button component={Link} to={paths.playbooks}>
                    {t('runs.goToPlaybooks')}
                  </Button>
                }
              />
            )
          }
        />
      )}
    </Page>
  )
}

function usePlaybookNames(): ReadonlyMap<number, string> {
  const { rows } = useRows(useInfiniteQuery(playbooksQuery({ sort: 'name' })))
  return useMemo(() => new Map(rows.map((row) => [row.id, row.name])), [rows])
}

function useRunColumns(names: ReadonlyMap<number, string>): Column<Execution>[] {
  const { t } = useTranslation()
  const paths = usePaths()
  return useMemo(
    () => [
      {
        key: 'id',
        header: t('runs.column.id'),
        track: '64px',
        sort: 'id',
        fixed: true,
        cell: (run) => <Link to={paths.run(run.id)}>{`#${run.id}`}</Link>,
      },
      {
        key: 'playbook',
        header: t('runs.column.playbook'),
        track: 'minmax(110px, 2fr)',
        fixed: true,
        cell: (run) => run.playbook_name ?? names.get(run.playbook_id) ?? t('runs.playbook', { id: run.playbook_id }),
      },
      {
        key: 'status',
        header: t('runs.column.status'),
        track: '112px',
        fixed: true,
        cell: (run) => <StatusText status={run.status} />,
      },
      {
        key: 'trigger',
        header: t('runs.column.trigger'),
        track: '88px',
        from: 'md',
        cell: (run) => (isTrigger(run.trigger_type) ? t(`playbooks.trigger.${run.trigger_type}`) : run.trigger_type),
      },
      {
        key: 'error',
        header: t('runs.column.error'),
        track: 'minmax(80px, 2fr)',
        from: 'lg',
        cell: (run) => <span title={run.error ?? undefined}>{run.error}</span>,
      },
      {
        key: 'started',
        header: t('runs.column.started'),
        track: '92px',
        from: 'sm',
        cell: (run) => <TimeAgo at={run.started_at ?? run.created_at} />,
      },
      {
        key: 'duration',
        header: t('runs.column.duration'),
        track: '84px',
        from: 'md',
        cell: (run) => <Elapsed from={run.started_at} to={run.finished_at} />,
      },
    ],
    [t, paths, names],
  )
}

function isTrigger(word: string): word is 'manual' | 'schedule' | 'event' | 'webhook' {
  return ['manual', 'schedule', 'event', 'webhook'].includes(word)
}
