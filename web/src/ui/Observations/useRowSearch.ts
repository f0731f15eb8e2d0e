import { useInfiniteQuery } from '@tanstack/react-query'
import { useMemo, useState } from 'react'
import { observationsQuery } from '../../resources/observations'
import { useUrl } from '../useUrl'
import { filterOf } from './filters'

/** The rows the address asks for, of one host or of all. */
export function useRowSearch(hostId?: number) {
  const [params] = useUrl()
  // "Last hour" counts from when the page was opened, not from each render.
  const [asked] = useState(() => Date.now())
  const filter = useMemo(() => filterOf(params, asked, hostId), [params, asked, hostId])
  return { filter, query: useInfiniteQuery(observationsQuery(filter)) }
}
