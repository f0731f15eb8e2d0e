import '../../i18n/observations'
import { Button } from '@mantine/core'
import { IconDownload, IconStack2 } from '@tabler/icons-react'
import { lazy, Suspense } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { useMay, usePaths } from '../../app/me'
import { NoRight } from '../../app/NotFound'
import { FilterSpace } from '../../ui/FilterBar'
import { RowList } from '../../ui/Observations/RowList'
import { useRowSearch } from '../../ui/Observations/useRowSearch'
import { Page } from '../../ui/Page'
import { useRows } from '../../ui/useRows'
import { ViewsSpace } from '../../ui/Views/ViewsSpace'

const RowFilters = lazy(async () => ({ default: (await import('../../ui/Observations/RowFilters')).RowFilters }))
const ViewsMenu = lazy(async () => ({ default: (await import('../../ui/Views/ViewsMenu')).ViewsMenu }))
const ExportMenu = lazy(async () => ({ default: (await import('./ExportMenu')).ExportMenu }))

/** Every row that hosts reported. */
export function ObservationsPage() {
  return useMay('observations:read') ? <Search /> : <NoRight />
}

function Search() {
  const { t } = useTranslation()
  const paths = usePaths()
  const { filter, query } = useRowSearch()
  const { total, exact } = useRows(query)
  const count = exact ? t('observations.count', { count: total }) : t('common.grid.about', { count: total })
  return (
    <Page
      fill
      title={t('observations.title')}
      aside={query.data ? count : null}
      actions={
        <>
          <Button component={Link} to={paths.stack} size="sm" variant="default" leftSection={<IconStack2 size={15} />}>
            {t('observations.toStack')}
          </Button>
          <Suspense fallback={<ViewsSpace />}>
            <ViewsMenu resource="observations" />
          </Suspense>
          <Suspense fallback={<ExportSpace />}>
            <ExportMenu filter={filter} />
          </Suspense>
        </>
      }
    >
      <Suspense fallback={<FilterSpace />}>
        <RowFilters ofHost={false} />
      </Suspense>
      <RowList query={query} ofHost={false} oneKind={'source' in filter || 'source_id' in filter} />
    </Page>
  )
}

/** What the menu will look like, so that nothing moves when it comes. */
function ExportSpace() {
  const { t } = useTranslation()
  return (
    <Button size="sm" variant="default" leftSection={<IconDownload size={15} />}>
      {t('observations.export.button')}
    </Button>
  )
}
