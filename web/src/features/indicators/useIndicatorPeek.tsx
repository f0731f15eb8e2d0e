import { useQuery } from '@tanstack/react-query'
import { lazy, Suspense } from 'react'
import { useTranslation } from 'react-i18next'
import type { Artifact } from '../../api/models'
import { artifactQuery } from '../../resources/artifacts'
import { ErrorState, LoadingLines } from '../../ui/States'

const IndicatorPeek = lazy(async () => ({ default: (await import('./IndicatorPeek')).IndicatorPeek }))

/** What the side of the list shows: the indicator looked at, which may not be among the rows listed. */
export function useIndicatorPeek(id: number | null, rows: Artifact[]) {
  const { t } = useTranslation()
  const listed = rows.find((row) => row.id === id)
  const query = useQuery({ ...artifactQuery(id ?? 0), enabled: id !== null && !listed })
  if (id === null) return null
  const row = listed ?? query.data
  const content = row ? (
    <Suspense fallback={<LoadingLines />}>
      <IndicatorPeek key={row.id} row={row} />
    </Suspense>
  ) : query.error ? (
    <ErrorState error={query.error} />
  ) : (
    <LoadingLines />
  )
  return { title: row?.value ?? t('indicators.one'), label: t('indicators.one'), content }
}
