import { Button, Select } from '@mantine/core'
import { IconFingerprint, IconPlus } from '@tabler/icons-react'
import { useInfiniteQuery, useMutation } from '@tanstack/react-query'
import { lazy, Suspense, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useNavigate } from 'react-router'
import type { Artifact, ArtifactQuery } from '../../api/models'
import { useMay, usePaths } from '../../app/me'
import { artifactTypes } from '../../resources/artifactTypes'
import { artifactsQuery, deleteArtifact } from '../../resources/cases'
import { keys } from '../../resources/keys'
import { ConfirmDialog } from '../../ui/ConfirmDialog'
import { DataGrid } from '../../ui/DataGrid/DataGrid'
import { FilterBar } from '../../ui/FilterBar'
import { Page } from '../../ui/Page'
import { SearchField } from '../../ui/SearchField'
import { EmptyState, ErrorState } from '../../ui/States'
import { useShortcuts } from '../../ui/shortcuts'
import { sortFrom } from '../../ui/sort'
import { toastDone } from '../../ui/toast'
import { useRefresh, useRows } from '../../ui/useRows'
import { useUrl } from '../../ui/useUrl'
import { useIndicatorColumns } from './indicatorColumns'

const AddIndicatorDialog = lazy(async () => ({ default: (await import('./AddIndicatorDialog')).AddIndicatorDialog }))

const sorts = ['artifact_type', 'value', 'created_at'] as const
const sortOf = (params: URLSearchParams) => sortFrom(params, sorts, '-created_at')

function filterOf(params: URLSearchParams): ArtifactQuery {
  const type = artifactTypes.find((known) => known === params.get('type'))
  return {
    sort: sortOf(params),
    ...(params.get('q') ? { q: params.get('q') ?? '' } : {}),
    ...(type ? { artifact_type: type } : {}),
  }
}

/** Every indicator of the tenant, newest first. */
export function IndicatorsPage() {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const paths = usePaths()
  const [params, change] = useUrl()
  const work = useMay('indicators:write')
  const query = useInfiniteQuery(artifactsQuery(filterOf(params)))
  const list = useRows(query)
  const [deleting, setDeleting] = useState<Artifact | null>(null)
  const columns = useIndicatorColumns(work ? setDeleting : undefined)
  const add = () => change({ new: '1' })
  useShortcuts(work ? { n: add } : {})
  return (
    <Page
      fill
      title={t('cases.indicators.title')}
      aside={query.data ? t('cases.indicators.count', { count: list.total }) : null}
      actions={
        work ? (
          <Button size="sm" leftSection={<IconPlus size={15} />} onClick={add}>
            {t('cases.indicators.add')}
          </Button>
        ) : null
      }
    >
      <IndicatorFilters />
      {query.error && !query.data ? (
        <ErrorState error={query.error} retry={() => void query.refetch()} />
      ) : (
        <DataGrid
          label={t('cases.indicators.title')}
          columns={columns}
          {...list}
          rowKey={(row) => row.id}
          sort={sortOf(params)}
          onSort={(sort) => change({ sort })}
          onOpen={(row) => (row.case_id ? void navigate(paths.case(row.case_id)) : undefined)}
          empty={<Empty filtered={params.has('q') || params.has('type')} onAdd={work ? add : undefined} />}
        />
      )}
      <Suspense>
        {params.get('new') === '1' ? <AddIndicatorDialog onClose={() => change({ new: null })} /> : null}
      </Suspense>
      <DeleteDialog row={deleting} onClose={() => setDeleting(null)} />
    </Page>
  )
}

function IndicatorFilters() {
  const { t } = useTranslation()
  const [params, change] = useUrl()
  return (
    <FilterBar>
      <SearchField
        primary
        label={t('cases.indicators.q')}
        value={params.get('q') ?? ''}
        onChange={(q) => change({ q })}
      />
      <Select
        w={150}
        aria-label={t('cases.artifacts.type')}
        allowDeselect={false}
        value={params.get('type') ?? ''}
        onChange={(type) => change({ type })}
        data={[
          { value: '', label: t('cases.indicators.anyType') },
          ...artifactTypes.map((type) => ({ value: type, label: t(`cases.artifacts.types.${type}`) })),
        ]}
      />
    </FilterBar>
  )
}

function Empty({ filtered, onAdd }: { filtered: boolean; onAdd?: () => void }) {
  const { t } = useTranslation()
  if (filtered) return <EmptyState title={t('common.grid.noMatch')} hint={t('common.grid.noMatchHint')} />
  return (
    <EmptyState
      icon={IconFingerprint}
      title={t('cases.indicators.empty')}
      hint={t('cases.indicators.emptyHint')}
      action={onAdd ? <Button onClick={onAdd}>{t('cases.indicators.add')}</Button> : undefined}
    />
  )
}

function DeleteDialog({ row, onClose }: { row: Artifact | null; onClose: () => void }) {
  const { t } = useTranslation()
  const refresh = useRefresh()
  const remove = useMutation({
    mutationFn: (id: number) => deleteArtifact(id),
    onSuccess: () => {
      toastDone(t('cases.artifacts.removed'))
      void refresh(keys.artifacts, keys.cases)
      onClose()
    },
  })
  return (
    <ConfirmDialog
      opened={row !== null}
      title={t('cases.indicators.delete')}
      consequence={t('cases.indicators.deleteConsequence', { value: row?.value ?? '' })}
      confirm={t('cases.indicators.deleteConfirm')}
      pending={remove.isPending}
      error={remove.error}
      onConfirm={() => row && remove.mutate(row.id)}
      onClose={onClose}
    />
  )
}
