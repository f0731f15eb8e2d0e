import { Select } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { FilterBar } from '../../ui/FilterBar'
import { useUrl } from '../../ui/useUrl'
import { runStatuses } from './status'

/** What narrows the list of runs. */
export function RunFilters({ names }: { names: ReadonlyMap<number, string> }) {
  const { t } = useTranslation()
  const [params, change] = useUrl()
  return (
    <FilterBar>
      <Select
        w={150}
        aria-label={t('runs.filter.status')}
        allowDeselect={false}
        value={params.get('status') ?? ''}
        onChange={(status) => change({ status })}
        data={[
          { value: '', label: t('runs.filter.anyStatus') },
          { value: 'active', label: t('runs.filter.active') },
          ...runStatuses.map((status) => ({ value: status, label: t(`common.status.${status}`) })),
        ]}
      />
      <Select
        w={240}
        aria-label={t('runs.filter.playbook')}
        allowDeselect={false}
        searchable
        value={params.get('playbook') ?? ''}
        onChange={(playbook) => change({ playbook })}
        data={[
          { value: '', label: t('runs.filter.anyPlaybook') },
          ...[...names].map(([id, name]) => ({ value: String(id), label: name })),
        ]}
      />
    </FilterBar>
  )
}
