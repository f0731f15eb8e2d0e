import { Autocomplete, Button, SegmentedControl, Select, Switch } from '@mantine/core'
import { IconX } from '@tabler/icons-react'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { Host } from '../../api/models'
import { FilterBar } from '../../ui/FilterBar'
import { SearchField } from '../../ui/SearchField'
import { bands } from '../../ui/severity'
import { useTyped } from '../../ui/useTyped'
import { criticalities, filterNames, isFiltered, isolations } from './filters'

interface HostFiltersProps {
  /** The hosts in sight: their labels and owners are offered. */
  hosts: Host[]
  params: URLSearchParams
  onChange: (change: Record<string, string | null>) => void
}

const distinct = (values: (string | undefined)[]) =>
  [...new Set(values.filter((value) => !!value))].toSorted() as string[]

/** What narrows the list of hosts. */
export function HostFilters({ hosts, params, onChange }: HostFiltersProps) {
  const { t } = useTranslation()
  const labels = useMemo(() => distinct(hosts.flatMap((host) => host.labels)), [hosts])
  const owners = useMemo(() => distinct(hosts.map((host) => host.owner)), [hosts])
  const value = (name: string) => params.get(name) ?? ''
  return (
    <FilterBar>
      <SearchField
        primary
        width={220}
        label={t('hosts.filter.q')}
        value={value('q')}
        onChange={(q) => onChange({ q })}
      />
      <SegmentedControl
        size="xs"
        aria-label={t('hosts.filter.os')}
        value={value('os')}
        onChange={(os) => onChange({ os })}
        data={[
          { value: '', label: t('hosts.filter.anyOs') },
          { value: 'windows', label: t('hosts.filter.windows') },
          { value: 'linux', label: t('hosts.filter.linux') },
          { value: 'darwin', label: t('hosts.filter.macos') },
        ]}
      />
      <Select
        w={128}
        aria-label={t('hosts.filter.band')}
        value={value('score_min')}
        allowDeselect={false}
        onChange={(score) => onChange({ score_min: score })}
        data={[
          { value: '', label: t('hosts.filter.anyBand') },
          ...bands
            .filter(({ from }) => from > 0)
            .map(({ band, from }) => ({
              value: String(from / 100),
              label: `${t(`common.severity.${band}`)} · ${from}+`,
            })),
        ]}
      />
      <Select
        w={140}
        aria-label={t('hosts.column.criticality')}
        value={value('criticality')}
        allowDeselect={false}
        onChange={(criticality) => onChange({ criticality })}
        data={[
          { value: '', label: t('hosts.filter.anyCriticality') },
          ...criticalities.map((known) => ({ value: known, label: t(`hosts.criticality.${known}`) })),
        ]}
      />
      <Typed
        label={t('hosts.filter.label')}
        offered={labels}
        value={value('label')}
        onChange={(label) => onChange({ label })}
      />
      <Typed
        label={t('hosts.filter.owner')}
        offered={owners}
        value={value('owner')}
        onChange={(owner) => onChange({ owner })}
      />
      <Select
        w={136}
        aria-label={t('hosts.column.isolation')}
        value={value('isolation')}
        allowDeselect={false}
        onChange={(isolation) => onChange({ isolation })}
        data={[
          { value: '', label: t('hosts.filter.anyIsolation') },
          ...isolations.map((known) => ({ value: known, label: t(`hosts.isolationState.${known}`) })),
        ]}
      />
      <Switch
        size="xs"
        label={t('hosts.filter.online')}
        checked={value('online') === '1'}
        onChange={(event) => onChange({ online: event.target.checked ? '1' : null })}
      />
      {value('case') ? (
        <Button
          size="compact-sm"
          variant="default"
          rightSection={<IconX size={13} />}
          aria-label={t('hosts.filter.noCase', { id: value('case') })}
          onClick={() => onChange({ case: null })}
        >
          {t('hosts.filter.case', { id: value('case') })}
        </Button>
      ) : null}
      {isFiltered(params) ? (
        <Button
          size="compact-sm"
          variant="subtle"
          onClick={() => onChange(Object.fromEntries(filterNames.map((name) => [name, null])))}
        >
          {t('common.grid.clearFilters')}
        </Button>
      ) : null}
    </FilterBar>
  )
}

interface TypedProps {
  label: string
  offered: string[]
  value: string
  onChange: (value: string) => void
}

/** A filter that is one exact word; what the rows in sight have is offered. */
function Typed({ label, offered, value, onChange }: TypedProps) {
  const [typed, type] = useTyped(value, onChange)
  return (
    <Autocomplete
      w={118}
      aria-label={label}
      placeholder={label}
      data={offered}
      limit={30}
      spellCheck={false}
      value={typed}
      onChange={type}
    />
  )
}
