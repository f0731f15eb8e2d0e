import { CloseButton, TextInput } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import { IconSearch } from '@tabler/icons-react'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useShortcuts } from './shortcuts'

interface SearchFieldProps {
  label: string
  value: string
  onChange: (value: string) => void
  /** The `/` key moves here. */
  primary?: boolean
  width?: number
}

/** A field that filters a list once the typing rests. */
export function SearchField({ label, value, onChange, primary, width = 280 }: SearchFieldProps) {
  const { t } = useTranslation()
  const field = useRef<HTMLInputElement>(null)
  const [typed, setTyped] = useState(value)
  const settle = useDebouncedCallback(onChange, 250)
  // The address may change under the field: back, or "clear filters".
  useEffect(() => setTyped(value), [value])
  useShortcuts(primary ? { '/': () => field.current?.focus() } : {})
  const set = (next: string) => {
    setTyped(next)
    settle(next)
  }
  return (
    <TextInput
      ref={field}
      aria-label={label}
      placeholder={label}
      value={typed}
      onChange={(event) => set(event.target.value)}
      onKeyDown={(event) => event.key === 'Escape' && field.current?.blur()}
      leftSection={<IconSearch size={15} />}
      rightSection={
        typed ? <CloseButton size="sm" aria-label={t('common.grid.clearFilters')} onClick={() => set('')} /> : null
      }
      style={{ flex: `0 1 ${width}px`, minWidth: 160 }}
    />
  )
}
