import '../../i18n/audit'
import { ActionIcon, Button } from '@mantine/core'
import { IconDownload, IconListSearch, IconRefresh } from '@tabler/icons-react'
import { useInfiniteQuery } from '@tanstack/react-query'
import { lazy, Suspense, useCallback, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { AuditEntry } from '../../api/models'
import { useMay } from '../../app/me'
import { NoRight } from '../../app/NotFound'
import { auditQuery } from '../../resources/audit'
import { DataGrid } from '../../ui/DataGrid/DataGrid'
import { FilterSpace } from '../../ui/FilterBar'
import { Page } from '../../ui/Page'
import { EmptyState, ErrorState, LoadingLines, StaleNotice } from '../../ui/States'
import { useRows } from '../../ui/useRows'
import { useUrl } from '../../ui/useUrl'
import { useAuditColumns } from './columns'
import { filterNames, filterOf, isFiltered } from './filters'
import { Integrity } from './Integrity'

const AuditFilters = lazy(async () => ({ default: (await import('./AuditFilters')).AuditFilters }))
const ExportMenu = lazy(async () => ({ default: (await import('./ExportMenu')).ExportMenu }))
const LineDetail = lazy(async () => ({ default: (await import('./LineDetail')).LineDetail }))

/** Who did what, when, from where, and with what outcome. Lines are only ever added. */
export function AuditPage() {
  return useMay('audit:read') ? <Audit /> : <NoRight />
}

function Audit() {
  const { t } = useTranslation()
  const [params, change] = useUrl()
  // Ranges such as "last hour" count from when the list was asked for, not from each render.
  const [asked, setAsked] = useState(() => Date.now())
  const filter = useMemo(() => filterOf(params, asked), [params, asked])
  const query = useInfiniteQuery(auditQuery(filter))
  const list = useRows(query)
  const expanded = Number(params.get('row')) || null
  const retry = () => void query.refetch()
  const refresh = () => {
    setAsked(Date.now())
    retry()
  }
  const toggle = useCallback(
    (line: AuditEntry) => change({ row: line.id === expanded ? null : String(line.id) }),
    [change, expanded],
  )
  const columns = useAuditColumns(expanded, toggle)
  const count = t('audit.count', { count: list.total })
  return (
    <Page
      fill
      title={t('audit.title')}
      aside={query.data ? (list.exact ? count : t('common.grid.about', { count: list.total })) : null}
      actions={
        <>
          <ActionIcon
            size="lg"
            onClick={refresh}
            loading={query.isRefetching}
            title={t('audit.refresh')}
            aria-label={t('audit.refresh')}
          >
            <IconRefresh size={17} />
          </ActionIcon>
          <Suspense fallback={<ExportSpace />}>
            <ExportMenu filter={filter} />
          </Suspense>
        </>
      }
    >
      <Integrity />
      <Suspense fallback={<FilterSpace />}>
        <AuditFilters lines={list.rows} />
      </Suspense>
      {query.error && query.data ? (
        <StaleNotice error={query.error} updatedAt={query.dataUpdatedAt} retry={retry} />
      ) : null}
      {query.error && !query.data ? (
        <ErrorState error={query.error} retry={retry} />
      ) : (
        <DataGrid
          label={t('audit.title')}
          columns={columns}
          {...list}
          rowKey={(line) => line.id}
          onOpen={toggle}
          expanded={expanded}
          detail={(line) => (
            <Suspense fallback={<LoadingLines />}>
              <LineDetail line={line} />
            </Suspense>
          )}
          empty={<Empty />}
        />
      )}
    </Page>
  )
}

/** What the menu will look like, so that nothing moves when it comes. */
function ExportSpace() {
  const { t } = useTranslation()
  return (
    <Button size="sm" variant="default" leftSection={<IconDownload size={15} />}>
      {t('audit.export.button')}
    </Button>
  )
}

function Empty() {
  const { t } = useTranslation()
  const [params, change] = useUrl()
  if (!isFiltered(params)) {
    return <EmptyState icon={IconListSearch} title={t('audit.empty')} hint={t('audit.emptyHint')} />
  }
  return (
    <EmptyState
      title={t('common.grid.noMatch')}
      hint={t('common.grid.noMatchHint')}
      action={
        <Button variant="default" onClick={() => change(Object.fromEntries(filterNames.map((name) => [name, null])))}>
          {t('common.grid.clearFilters')}
        </Button>
      }
    />
  )
}
