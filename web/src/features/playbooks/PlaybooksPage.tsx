import '../../i18n/playbooks'
import { Button } from '@mantine/core'
import { IconPlus, IconRoute2 } from '@tabler/icons-react'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { Link, useNavigate } from 'react-router'
import { useMay, usePaths } from '../../app/me'
import { playbooksQuery } from '../../resources/playbooks'
import { DataGrid } from '../../ui/DataGrid/DataGrid'
import { FilterBar } from '../../ui/FilterBar'
import { Page } from '../../ui/Page'
import { SearchField } from '../../ui/SearchField'
import { EmptyState, ErrorState } from '../../ui/States'
import { useShortcuts } from '../../ui/shortcuts'
import { sortFrom } from '../../ui/sort'
import { useRows } from '../../ui/useRows'
import { useUrl } from '../../ui/useUrl'
import { usePlaybookColumns } from './columns'

const sorts = ['name', 'updated_at'] as const

/** Every playbook of the tenant. */
export function PlaybooksPage() {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const paths = usePaths()
  const [params, change] = useUrl()
  const edit = useMay('playbooks:manage')
  const q = params.get('q') ?? ''
  const sort = sortFrom(params, sorts, 'name')
  const query = useInfiniteQuery(playbooksQuery({ sort, ...(q ? { q } : {}) }))
  const list = useRows(query)
  const columns = usePlaybookColumns()
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
