import { useCallback } from 'react'
import { useSearchParams } from 'react-router'

/** The query of the address, where every list keeps its state; a change replaces the address. */
export function useUrl(): [URLSearchParams, (change: Record<string, string | null | undefined>) => void] {
  const [params, setParams] = useSearchParams()
  const change = useCallback(
    (values: Record<string, string | null | undefined>) =>
      setParams(
        (before) => {
          const after = new URLSearchParams(before)
          for (const [key, value] of Object.entries(values)) {
            if (value) after.set(key, value)
            else after.delete(key)
          }
          return after
        },
        { replace: true },
      ),
    [setParams],
  )
  return [params, change]
}
