import { SegmentedControl, Select, Switch } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { FilterBar } from '../../ui/FilterBar'
import { SearchField } from '../../ui/SearchField'
import { bands } from '../../ui/severity'

interface HostFiltersProps {
  params: URLSearchParams
  onChange: (change: Record<string, string | null>) => void
}

/** What narrows the list of hosts. */
export function HostFilters({ params, onChange }: HostFiltersProps) {
  const { t } = useTranslation()
  return (
    <FilterBar>
      <SearchField
        primary
        label={t('hosts.filter.q')}
        value={params.get('q') ?? ''}
        onChange={(q) => onChange({ q })}
      />
      <SegmentedControl
        size="xs"
        aria-label={t('hosts.filter.os')}
        value={params.get('os') ?? ''}
        onChange={(os) => onChange({ os })}
        data={[
          { value: '', label: t('hosts.filter.anyOs') },
          { value: 'windows', label: t('hosts.filter.windows') },
          { value: 'linux', label: t('hosts.filter.linux') },
          { value: 'darwin', label: t('hosts.filter.macos') },
        ]}
      />
      <Select
        w={150}
        aria-label={t('hosts.filter.band')}
        value={params.get('score_min') ?? ''}
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
      <SearchField
        label={t('hosts.filter.label')}
        width={160}
        value={params.get('label') ?? ''}
        onChange={(label) => onChange({ label })}
      />
      <Switch
        size="xs"
        label={t('hosts.filter.online')}
        checked={params.get('online') === '1'}
        onChange={(event) => onChange({ online: event.target.checked ? '1' : null })}
      />
    </FilterBar>
  )
}
