import { Button } from '@mantine/core'
import { IconPlus, IconRoute2 } from '@tabler/icons-react'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { Link, useNavigate } from 'react-router'
import type { Execution } from '../../api/models'
import { useMay, usePaths } from '../../app/me'
import { playbooksQuery, recentExecutionsQuery } from '../../resources/playbooks'
import { DataGrid } from '../../ui/DataGrid/DataGrid'
import { FilterBar } from '../../ui/FilterBar'
import { Page } from '../../ui/Page'
import { SearchField } from '../../ui/SearchField'
import { EmptyState, ErrorState } from '../../ui/States'
import { useShortcuts } from '../../ui/shortcuts'
import { useRows } from '../../ui/useRows'
import { useUrl } from '../../ui/useUrl'
import { usePlaybookColumns } from './columns'

const defaultSort = 'name'

/** The newest run of each playbook, as far as the newest runs of all reach. */
function newestByPlaybook(runs: Execution[]): Map<number, Execution> {
  const newest = new Map<number, Execution>()
  for (const run of runs) {
    const known = newest.get(run.playbook_id)
    if (!known || known.id < run.id) newest.set(run.playbook_id, run)
  }
  return newest
}

/** Every playbook of the tenant. */
export function PlaybooksPage() {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const paths = usePaths()
  const [params, change] = useUrl()
  const edit = useMay('editPlaybooks')
  const q = params.get('q') ?? ''
  const sort = params.get('sort') ?? defaultSort
  const query = useInfiniteQuery(playbooksQuery({ sort, ...(q ? { q } : {}) }))
  const list = useRows(query)
  const recent = useQuery(recentExecutionsQuery)
  const lastRuns = useMemo(() => newestByPlaybook(recent.data?.rows ?? []), [recent.data])
  const columns = usePlaybookColumns(lastRuns)
  useShortcuts(edit ? { n: () => void navigate(paths.newPlaybook) } : {})
  const add = edit ? (
    <Button size="sm" leftSection={<IconPlus size={15} />} component={Link} to={paths.newPlaybook}>
      {t('playbooks.add')}
    </Button>
  ) : undefined
  return (
    <Page
      fill
      title={t('playbooks.title')}
      aside={query.data ? t('playbooks.count', { count: list.total }) : null}
      actions={add}
    >
      <FilterBar>
        <SearchField primary label={t('playbooks.q')} value={q} onChange={(value) => change({ q: value })} />
      </FilterBar>
      {query.error && !query.data ? (
        <ErrorState error={query.error} retry={() => void query.refetch()} />
      ) : (
        <DataGrid
          label={t('playbooks.title')}
          columns={columns}
          {...list}
          rowKey={(row) => row.id}
          sort={sort}
          onSort={(next) => change({ sort: next })}
          onOpen={(row) => void navigate(paths.playbook(row.id))}
          empty={
            q ? (
              <EmptyState title={t('common.grid.noMatch')} hint={t('common.grid.noMatchHint')} />
            ) : (
              <EmptyState icon={IconRoute2} title={t('playbooks.empty')} hint={t('playbooks.emptyHint')} action={add} />
            )
          }
        />
      )}
    </Page>
  )
}
