import { NumberInput, TextInput } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useUrl } from '../../ui/useUrl'
import { origins, seenWithin } from './filters'
import { ChoiceFilter } from './IndicatorFilters'

/** The filters one needs less often. */
export function MoreFilters() {
  const { t } = useTranslation()
  const [params, change] = useUrl()
  return (
    <>
      <ChoiceFilter
        name="origin"
        width={134}
        any={t('indicators.filter.anyOrigin')}
        choices={origins.map((value) => ({ value, label: t(`indicators.origins.${value}`) }))}
      />
      <ChoiceFilter
        name="seen"
        width={150}
        any={t('indicators.filter.anySeen')}
        choices={(Object.keys(seenWithin) as (keyof typeof seenWithin)[]).map((value) => ({
          value,
          label: t(`indicators.filter.seenWithin.${value}`),
        }))}
      />
      <NumberInput
        w={150}
        size="sm"
        hideControls
        aria-label={t('indicators.filter.hosts')}
        placeholder={t('indicators.filter.hosts')}
        min={1}
        value={params.get('hosts') ?? ''}
        onChange={(value) => change({ hosts: value ? String(value) : null })}
      />
      <TagFilter />
    </>
  )
}

/** A tag, once the typing rests. */
function TagFilter() {
  const { t } = useTranslation()
  const [params, change] = useUrl()
  const value = params.get('tag') ?? ''
  const [typed, setTyped] = useState(value)
  const settle = useDebouncedCallback((next: string) => change({ tag: next.trim() }), 300)
  useEffect(() => setTyped(value), [value])
  return (
    <TextInput
      w={130}
      aria-label={t('indicators.filter.tag')}
      placeholder={t('indicators.filter.tag')}
      spellCheck={false}
      value={typed}
      onChange={(event) => {
        setTyped(event.target.value)
        settle(event.target.value)
      }}
    />
  )
}
