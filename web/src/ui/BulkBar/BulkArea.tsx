import { lazy, type ReactNode, Suspense } from 'react'
import { useJobs } from '../jobs/state'

const JobStrip = lazy(async () => ({ default: (await import('../jobs/JobStrip')).JobStrip }))

/** Under a list: its bulk bar while rows are ticked, else the job begun last. */
export function BulkArea({ ticked, bar }: { ticked: number; bar: ReactNode }) {
  const { latest } = useJobs()
  if (ticked > 0) return <Suspense>{bar}</Suspense>
  return <Suspense>{latest === null ? null : <JobStrip key={latest} id={latest} />}</Suspense>
}
