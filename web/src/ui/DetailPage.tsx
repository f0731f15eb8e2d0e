import type { UseQueryResult } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { Page } from './Page'
import { ErrorState, LoadingLines } from './States'

interface DetailPageProps<Row> {
  query: UseQueryResult<Row>
  /** The page of the row, once it is there. */
  children: (row: Row) => ReactNode
}

/** The page of one row: what stands there until the row has come, and when it does not come. */
export function DetailPage<Row>({ query, children }: DetailPageProps<Row>) {
  if (query.data) return children(query.data)
  if (query.error) return <ErrorState error={query.error} retry={() => void query.refetch()} />
  return (
    <Page title="">
      <LoadingLines lines={8} />
    </Page>
  )
}
