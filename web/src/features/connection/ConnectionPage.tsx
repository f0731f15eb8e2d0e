import '../../i18n/connection'
import { useQuery } from '@tanstack/react-query'
import { lazy, Suspense } from 'react'
import { useTranslation } from 'react-i18next'
import { useMay } from '../../app/me'
import { NoRight } from '../../app/NotFound'
import { connectionQuery } from '../../resources/velociraptor'
import { Page } from '../../ui/Page'
import { ErrorState, LoadingLines, StaleNotice } from '../../ui/States'

const Connected = lazy(async () => ({ default: (await import('./Connected')).Connected }))
const Connect = lazy(async () => ({ default: (await import('./Connect')).Connect }))

/** The tenant's connection to its Velociraptor server: how it stands, and what is allowed over it. */
export function ConnectionPage() {
  return useMay('velociraptor:manage') ? <Connection /> : <NoRight />
}

function Connection() {
  const { t } = useTranslation()
  const query = useQuery(connectionQuery)
  const retry = () => void query.refetch()
  if (query.error && query.data === undefined) return <ErrorState error={query.error} retry={retry} />
  const space = (
    <Page title={t('connection.title')}>
      <LoadingLines lines={8} />
    </Page>
  )
  if (query.data === undefined) return space
  return (
    <Suspense fallback={space}>
      {query.data === null ? (
        <Connect />
      ) : (
        <Connected
          row={query.data}
          notice={
            query.error ? <StaleNotice error={query.error} updatedAt={query.dataUpdatedAt} retry={retry} /> : null
          }
        />
      )}
    </Suspense>
  )
}
