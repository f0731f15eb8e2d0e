import { TextInput } from '@mantine/core'
import { useEffect, useState } from 'react'

interface SavedTextProps {
  label: string
  maxLength: number
  type?: string
  disabled: boolean
  value: string
  error?: string
  onSave: (value: string) => void
}

/** A text that is saved when one leaves it, or by Enter; Escape takes it back. */
export function SavedText({ value, onSave, ...shared }: SavedTextProps) {
  const [typed, setTyped] = useState(value)
  useEffect(() => setTyped(value), [value])
  const settle = () => {
    if (typed.trim() !== value) onSave(typed.trim())
  }
  return (
    <TextInput
      {...shared}
      value={typed}
      onChange={(event) => setTyped(event.target.value)}
      onBlur={settle}
      onKeyDown={(event) => {
        if (event.key === 'Enter') settle()
        if (event.key === 'Escape') setTyped(value)
      }}
    />
  )
}
