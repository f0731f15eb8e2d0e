import '../i18n/playbooks'
import { Select } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { caseQuery, caseSearchQuery } from '../resources/cases'
import { hostQuery, hostSearchQuery } from '../resources/hosts'

interface RowPickerProps {
  kind: 'host' | 'case'
  /** Left out where the place says what it is; then `aria-label` says it. */
  label?: string
  'aria-label'?: string
  placeholder?: string
  description?: string
  withAsterisk?: boolean
  error?: string
  /** The id chosen, as text; empty for none. */
  value: string
  onChange: (value: string | undefined) => void
}

interface Choice {
  value: string
  label: string
}

/** Finds a host or a case by name and gives its id. */
export function RowPicker({ kind, value, onChange, ...shared }: RowPickerProps) {
  const { t } = useTranslation()
  const [typed, setTyped] = useState('')
  const [settled] = useDebouncedValue(typed, 200)
  const found = useChoices(kind, settled)
  const chosen = useChosen(kind, value)
  const data = chosen && !found.some((choice) => choice.value === chosen.value) ? [chosen, ...found] : found
  return (
    <Select
      placeholder={t(kind === 'host' ? 'playbooks.runForm.pickHost' : 'playbooks.runForm.pickCase')}
      {...shared}
      searchable
      clearable
      nothingFoundMessage={t('shell.search.nothing')}
      clearButtonProps={{ 'aria-label': t('common.actions.remove') }}
      // The server has filtered already.
      filter={({ options }) => options}
      data={data}
      value={value || null}
      onChange={(next) => onChange(next ?? undefined)}
      onSearchChange={setTyped}
    />
  )
}

function useChoices(kind: 'host' | 'case', words: string): Choice[] {
  const hosts = useQuery({ ...hostSearchQuery(words), enabled: kind === 'host' })
  const cases = useQuery({ ...caseSearchQuery(words), enabled: kind === 'case' })
  if (kind === 'host') return (hosts.data?.rows ?? []).map((row) => ({ value: String(row.id), label: row.hostname }))
  return (cases.data?.rows ?? []).map((row) => ({ value: String(row.id), label: `#${row.id} ${row.title}` }))
}

/** The choice already made, which the present search may not list. */
function useChosen(kind: 'host' | 'case', value: string): Choice | null {
  const id = Number(value)
  const host = useQuery({ ...hostQuery(id), enabled: kind === 'host' && id > 0 })
  const row = useQuery({ ...caseQuery(id), enabled: kind === 'case' && id > 0 })
  if (!value) return null
  if (kind === 'host') return host.data ? { value, label: host.data.hostname } : { value, label: value }
  return row.data ? { value, label: `#${row.data.id} ${row.data.title}` } : { value, label: value }
}
