import { SegmentedControl, Select, Switch } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { FilterBar } from '../../ui/FilterBar'
import { SearchField } from '../../ui/SearchField'
import { useUrl } from '../../ui/useUrl'
import { severities, statuses } from './filters'

/** What narrows the list of cases. */
export function CaseFilters() {
  const { t } = useTranslation()
  const [params, change] = useUrl()
  return (
    <FilterBar>
      <SearchField primary label={t('cases.filter.q')} value={params.get('q') ?? ''} onChange={(q) => change({ q })} />
      <SegmentedControl
        size="xs"
        aria-label={t('cases.filter.status')}
        value={params.get('status') ?? ''}
        onChange={(status) => change({ status })}
        data={[
          { value: '', label: t('cases.filter.anyStatus') },
          ...statuses.map((status) => ({ value: status, label: t(`common.status.${status}`) })),
        ]}
      />
      <Select
        w={150}
        aria-label={t('cases.filter.severity')}
        allowDeselect={false}
        value={params.get('severity') ?? ''}
        onChange={(severity) => change({ severity })}
        data={[
          { value: '', label: t('cases.filter.anySeverity') },
          ...severities.map((severity) => ({ value: severity, label: t(`common.severity.${severity}`) })),
        ]}
      />
      <Switch
        size="xs"
        label={t('cases.filter.mine')}
        checked={params.get('mine') === '1'}
        onChange={(event) => change({ mine: event.target.checked ? '1' : null })}
      />
    </FilterBar>
  )
}
