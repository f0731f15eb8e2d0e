import '../../i18n/collections'
import { Button, SegmentedControl } from '@mantine/core'
import { IconDeviceDesktopDown } from '@tabler/icons-react'
import { useInfiniteQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { useNavigate } from 'react-router'
import { usePaths } from '../../app/me'
import { collectionsQuery } from '../../resources/collections'
import { DataGrid } from '../DataGrid/DataGrid'
import { FilterBar } from '../FilterBar'
import { NotConnected, useNotConnected } from '../NotConnected'
import { SearchField } from '../SearchField'
import { EmptyState, ErrorState, StaleNotice } from '../States'
import { useRows } from '../useRows'
import { useUrl } from '../useUrl'
import { useCollectionColumns } from './columns'
import { filterOf, isFiltered, statuses } from './filters'

interface CollectionListProps {
  /** Only those of one host. */
  hostId?: number
  /** The one next thing to do where there is none. */
  action?: ReactNode
}

/** What was asked of endpoints and what came of it, newest first. */
export function CollectionList({ hostId, action }: CollectionListProps) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const paths = usePaths()
  const [params] = useUrl()
  const query = useInfiniteQuery(collectionsQuery(filterOf(params, hostId)))
  const list = useRows(query)
  const columns = useCollectionColumns(hostId !== undefined)
  const retry = () => void query.refetch()
  if (query.error && !query.data) return <ErrorState error={query.error} retry={retry} />
  return (
    <>
      <Filters />
      {query.error ? <StaleNotice error={query.error} updatedAt={query.dataUpdatedAt} retry={retry} /> : null}
      <DataGrid
        label={t('collections.title')}
        columns={columns}
        {...list}
        rowKey={(row) => row.id}
        onOpen={(row) => void navigate(paths.collection(row.id))}
        empty={isFiltered(params) ? <NoMatch /> : <None ofHost={hostId !== undefined} action={action} />}
      />
    </>
  )
}

function Filters() {
  const { t } = useTranslation()
  const [params, change] = useUrl()
  return (
    <FilterBar>
      <SearchField
        primary
        label={t('collections.filter.artifact')}
        value={params.get('artifact') ?? ''}
        onChange={(artifact) => change({ artifact: artifact.trim() })}
      />
      <SegmentedControl
        size="xs"
        aria-label={t('collections.column.status')}
        value={params.get('status') ?? ''}
        onChange={(status) => change({ status })}
        data={[
          { value: '', label: t('collections.filter.all') },
          ...statuses.map((status) => ({ value: status, label: t(`common.status.${status}`) })),
        ]}
      />
    </FilterBar>
  )
}

function NoMatch() {
  const { t } = useTranslation()
  const [, change] = useUrl()
  return (
    <EmptyState
      title={t('common.grid.noMatch')}
      hint={t('common.grid.noMatchHint')}
      action={
        <Button variant="default" onClick={() => change({ artifact: null, status: null })}>
          {t('common.grid.clearFilters')}
        </Button>
      }
    />
  )
}

function None({ ofHost, action }: { ofHost: boolean; action?: ReactNode }) {
  const { t } = useTranslation()
  const alone = useNotConnected()
  if (alone) return <NotConnected />
  return (
    <EmptyState
      icon={IconDeviceDesktopDown}
      title={t(ofHost ? 'collections.noneOfHost' : 'collections.none')}
      hint={t(ofHost ? 'collections.noneOfHostHint' : 'collections.noneHint')}
      action={action}
    />
  )
}
