import { Button, Select } from '@mantine/core'
import { IconAdjustmentsHorizontal } from '@tabler/icons-react'
import { lazy, Suspense, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { artifactTypes } from '../../resources/artifactTypes'
import { FilterBar } from '../../ui/FilterBar'
import { SearchField } from '../../ui/SearchField'
import { useUrl } from '../../ui/useUrl'
import { filterNames, isFiltered, moreFilters, states, tlps } from './filters'

const MoreFilters = lazy(async () => ({ default: (await import('./MoreFilters')).MoreFilters }))

/** What narrows the list: the usual in one line, the rest on demand. */
export function IndicatorFilters() {
  const { t } = useTranslation()
  const [params, change] = useUrl()
  const [more, setMore] = useState(() => moreFilters.some((name) => params.has(name)))
  return (
    <FilterBar>
      <SearchField
        primary
        label={t('indicators.filter.q')}
        value={params.get('q') ?? ''}
        onChange={(q) => change({ q })}
      />
      <ChoiceFilter
        name="type"
        width={128}
        any={t('indicators.filter.anyType')}
        choices={artifactTypes.map((value) => ({ value, label: t(`indicators.types.${value}`) }))}
      />
      <ChoiceFilter
        name="tlp"
        width={150}
        any={t('indicators.filter.anyTlp')}
        choices={tlps.map((value) => ({ value, label: `TLP:${value.toUpperCase()}` }))}
      />
      <ChoiceFilter
        name="state"
        width={136}
        any={t('indicators.filter.anyState')}
        choices={states.map((value) => ({ value, label: t(`indicators.state.${value}`) }))}
      />
      <Suspense>{more ? <MoreFilters /> : null}</Suspense>
      {more ? null : (
        <Button
          variant="subtle"
          size="compact-sm"
          leftSection={<IconAdjustmentsHorizontal size={15} />}
          onClick={() => setMore(true)}
        >
          {t('indicators.filter.more')}
        </Button>
      )}
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

interface ChoiceFilterProps {
  /** Its name in the address. */
  name: (typeof filterNames)[number]
  width: number
  /** What it says when it lets everything through. */
  any: string
  choices: { value: string; label: string }[]
}

/** One of a few values, or any. */
export function ChoiceFilter({ name, width, any, choices }: ChoiceFilterProps) {
  const { t } = useTranslation()
  const [params, change] = useUrl()
  return (
    <Select
      w={width}
      aria-label={t(`indicators.filter.${name as 'type'}`)}
      allowDeselect={false}
      value={params.get(name) ?? ''}
      onChange={(value) => change({ [name]: value })}
      data={[{ value: '', label: any }, ...choices]}
    />
  )
}
