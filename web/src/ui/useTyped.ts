import { useDebouncedCallback } from '@mantine/hooks'
import { useEffect, useState } from 'react'

/** What stands in a field, and what it means once the typing rests. The value may change under the field as well. */
export function useTyped(value: string, onChange: (value: string) => void): [string, (typed: string) => void] {
  const [typed, setTyped] = useState(value)
  const settle = useDebouncedCallback((next: string) => onChange(next.trim()), 300)
  useEffect(() => setTyped(value), [value])
  const type = (next: string) => {
    setTyped(next)
    settle(next)
  }
  return [typed, type]
}
