import type { InfiniteData, Query, QueryClient } from '@tanstack/react-query'
import type { Page } from '../api/call'
import type { Execution, Step } from '../api/models'
import { keys } from '../resources/keys'
import { touching } from './protocol'
import type { Heard, JobChange, StepChange } from './reducer'

/** Brings the cache up to date with what was heard, and names the resources that must be fetched again. */
export function apply(client: QueryClient, heard: Heard): Set<string> {
  const stale = new Set<string>()
  if (heard.resync) {
    void client.invalidateQueries({ predicate: moves })
    return stale
  }
  if (heard.notifications.length > 0) stale.add(keys.notifications).add(keys.dashboard)
  for (const [id, status] of heard.executions) patchStatus(client, id, status)
  for (const change of heard.steps) patchStep(client, change)
  if (heard.executions.size > 0) stale.add(keys.dashboard)
  if (heard.executions.size > 0 || heard.steps.length > 0) stale.add(keys.executions)
  for (const change of heard.jobs.values()) {
    patchJob(client, change)
    // What stands beside a job, its rows and its file, is complete only at its end.
    if (['completed', 'failed', 'cancelled'].includes(String(change.fields.status))) stale.add(change.resource)
  }
  for (const type of heard.others) {
    for (const resource of touching[type] ?? []) stale.add(resource)
    const resource = `${type.split('.')[0]}s`
    if (Object.values<string>(keys).includes(resource)) stale.add(resource)
  }
  return stale
}

/** Whether what a query shows may change under the reader. */
export function moves({ meta }: Pick<Query, 'meta'>): boolean {
  return meta?.still !== true
}

function patchStatus(client: QueryClient, id: number, status: string): void {
  const change = (row: Execution): Execution =>
    row.id === id && status ? { ...row, status: status as Execution['status'] } : row
  client.setQueryData<Execution>([keys.executions, id], (row) => row && change(row))
  client.setQueriesData<InfiniteData<Page<Execution>>>(
    { queryKey: [keys.executions], predicate: (query) => query.queryKey.at(-1) === 'endless' },
    (data) => data && { ...data, pages: data.pages.map((page) => ({ ...page, rows: page.rows.map(change) })) },
  )
}

function patchStep(client: QueryClient, { executionId, key, status }: StepChange): void {
  client.setQueryData<Execution>([keys.executions, executionId], (row) => {
    if (!row?.steps || !status) return row
    return {
      ...row,
      steps: row.steps.map((step) => (step.key === key ? { ...step, status: status as Step['status'] } : step)),
    }
  })
}

type JobRow = { id: number } & Record<string, unknown>

function patchJob(client: QueryClient, { resource, id, fields }: JobChange): void {
  const change = (row: JobRow): JobRow => (row.id === id ? { ...row, ...fields } : row)
  client.setQueryData<JobRow>([resource, id], (row) => row && change(row))
  client.setQueriesData<Page<JobRow>>(
    { queryKey: [resource, 'newest'] },
    (page) => page && { ...page, rows: page.rows.map(change) },
  )
  client.setQueriesData<InfiniteData<Page<JobRow>>>(
    // Lists of the jobs themselves: [resource, filter, 'endless'], not those of one job's rows.
    { queryKey: [resource], predicate: ({ queryKey }) => queryKey.length === 3 && queryKey[2] === 'endless' },
    (data) => data && { ...data, pages: data.pages.map((page) => ({ ...page, rows: page.rows.map(change) })) },
  )
}
