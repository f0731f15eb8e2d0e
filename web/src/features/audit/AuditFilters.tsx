import { Autocomplete, Button, Select } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { AuditEntry } from '../../api/models'
import { FilterBar } from '../../ui/FilterBar'
import { RangeFields } from '../../ui/Range/RangeFields'
import { SearchField } from '../../ui/SearchField'
import { useUrl } from '../../ui/useUrl'
import { filterNames, isFiltered, objectTypes, outcomes } from './filters'
import { useTypeName } from './objects'

/** What narrows the log. What the lines in sight contain is offered for completion. */
export function AuditFilters({ lines }: { lines: AuditEntry[] }) {
  const { t } = useTranslation()
  const [params, change] = useUrl()
  const nameOf = useTypeName()
  const type = params.get('type') ?? ''
  const types = type && !objectTypes.some((known) => known === type) ? [...objectTypes, type] : objectTypes
  return (
    <FilterBar>
      <SearchField
        primary
        width={190}
        label={t('audit.filter.q')}
        value={params.get('q') ?? ''}
        onChange={(q) => change({ q })}
      />
      <Completed
        name="actor"
        width={130}
        label={t('audit.filter.actor')}
        offered={distinct(lines, (line) => line.username)}
      />
      <Completed name="action" width={190} label={t('audit.filter.action')} offered={actionsIn(lines)} />
      <Select
        w={130}
        aria-label={t('audit.filter.type')}
        allowDeselect={false}
        value={type}
        onChange={(next) => change(next ? { type: next } : { type: null, id: null })}
        data={[
          { value: '', label: t('audit.filter.anyType') },
          ...types.map((known) => ({ value: known, label: nameOf(known) })),
        ]}
      />
      {type ? <Completed name="id" width={110} label={t('audit.filter.id')} offered={[]} /> : null}
      <Select
        w={134}
        aria-label={t('audit.filter.outcome')}
        allowDeselect={false}
        value={params.get('outcome') ?? ''}
        onChange={(outcome) => change({ outcome })}
        data={[
          { value: '', label: t('audit.filter.anyOutcome') },
          ...outcomes.map((outcome) => ({ value: outcome, label: t(`common.status.${outcome}`) })),
        ]}
      />
      <RangeFields />
      {isFiltered(params) ? (
        <Button
          variant="subtle"
          size="compact-sm"
          onClick={() => change(Object.fromEntries(filterNames.map((name) => [name, null])))}
        >
          {t('common.grid.clearFilters')}
        </Button>
      ) : null}
    </FilterBar>
  )
}

function distinct(lines: AuditEntry[], of: (line: AuditEntry) => string): string[] {
  return [...new Set(lines.map(of))].filter(Boolean).sort()
}

/** The actions in sight, and those of one kind together: `user.*`. */
function actionsIn(lines: AuditEntry[]): string[] {
  const actions = distinct(lines, (line) => line.action)
  const kinds = new Set(actions.filter((action) => action.includes('.')).map((action) => `${action.split('.')[0]}.*`))
  return [...kinds, ...actions].sort()
}

interface CompletedProps {
  name: 'actor' | 'action' | 'id'
  label: string
  width: number
  offered: string[]
}

/** A filter one types, once the typing rests. */
function Completed({ name, label, width, offered }: CompletedProps) {
  const [params, change] = useUrl()
  const value = params.get(name) ?? ''
  const [typed, setTyped] = useState(value)
  const settle = useDebouncedCallback((next: string) => change({ [name]: next.trim() }), 300)
  useEffect(() => setTyped(value), [value])
  return (
    <Autocomplete
      w={width}
      aria-label={label}
      placeholder={label}
      value={typed}
      data={offered}
      limit={30}
      spellCheck={false}
      onChange={(next) => {
        setTyped(next)
        settle(next)
      }}
    />
  )
}
