import '../../i18n/ingestion'
import { Button, SegmentedControl } from '@mantine/core'
import { IconHelp, IconPackageImport } from '@tabler/icons-react'
import { useInfiniteQuery } from '@tanstack/react-query'
import { lazy, Suspense } from 'react'
import { useTranslation } from 'react-i18next'
import { useNavigate } from 'react-router'
import { useMay, usePaths } from '../../app/me'
import { batchesQuery } from '../../resources/ingestion'
import { DataGrid } from '../../ui/DataGrid/DataGrid'
import { FilterBar } from '../../ui/FilterBar'
import { Page } from '../../ui/Page'
import { EmptyState, ErrorState, StaleNotice } from '../../ui/States'
import { useRows } from '../../ui/useRows'
import { useUrl } from '../../ui/useUrl'
import { useBatchColumns } from './columns'
import { filterOf, statuses } from './filters'

const SendFiles = lazy(async () => ({ default: (await import('./SendFiles')).SendFiles }))
const WhatHappens = lazy(async () => ({ default: (await import('./WhatHappens')).WhatHappens }))

/** Where rows come in as files: what is sent now, and every batch there was. */
export function IngestionPage() {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const paths = usePaths()
  const [params, change] = useUrl()
  const send = useMay('ingestion:write')
  const query = useInfiniteQuery(batchesQuery(filterOf(params)))
  const list = useRows(query)
  const columns = useBatchColumns()
  const retry = () => void query.refetch()
  const explained = params.get('help') === '1'
  return (
    <Page
      fill
      title={t('ingestion.title')}
      aside={query.data ? t('ingestion.count', { count: list.total }) : null}
      actions={
        <Button
          size="sm"
          variant="default"
          leftSection={<IconHelp size={15} />}
          aria-expanded={explained}
          onClick={() => change({ help: explained ? null : '1' })}
        >
          {t('ingestion.help.open')}
        </Button>
      }
    >
      <Suspense>{explained ? <WhatHappens /> : null}</Suspense>
      <Suspense>{send ? <SendFiles /> : null}</Suspense>
      <StatusFilter />
      {query.error && query.data ? (
        <StaleNotice error={query.error} updatedAt={query.dataUpdatedAt} retry={retry} />
      ) : null}
      {query.error && !query.data ? (
        <ErrorState error={query.error} retry={retry} />
      ) : (
        <DataGrid
          label={t('ingestion.batches')}
          columns={columns}
          {...list}
          rowKey={(row) => row.id}
          onOpen={(row) => void navigate(paths.batch(row.id))}
          empty={
            <Empty filtered={params.has('status')} explained={explained} onExplain={() => change({ help: '1' })} />
          }
        />
      )}
    </Page>
  )
}

function StatusFilter() {
  const { t } = useTranslation()
  const [params, change] = useUrl()
  return (
    <FilterBar>
      <SegmentedControl
        size="xs"
        aria-label={t('ingestion.filter.status')}
        value={params.get('status') ?? ''}
        onChange={(status) => change({ status })}
        data={[
          { value: '', label: t('ingestion.filter.all') },
          ...statuses.map((status) => ({ value: status, label: t(`common.status.${status}`) })),
        ]}
      />
    </FilterBar>
  )
}

function Empty({ filtered, explained, onExplain }: { filtered: boolean; explained: boolean; onExplain: () => void }) {
  const { t } = useTranslation()
  if (filtered) return <EmptyState title={t('common.grid.noMatch')} hint={t('common.grid.noMatchHint')} />
  return (
    <EmptyState
      icon={IconPackageImport}
      title={t('ingestion.empty')}
      hint={t('ingestion.emptyHint')}
      action={
        explained ? undefined : (
          <Button variant="default" onClick={onExplain}>
            {t('ingestion.help.open')}
          </Button>
        )
      }
    />
  )
}
