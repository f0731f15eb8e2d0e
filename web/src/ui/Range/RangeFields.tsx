import { Select, TextInput } from '@mantine/core'
import { useId } from 'react'
import { useTranslation } from 'react-i18next'
import { usePreferences } from '../../app/preferences'
import { fieldOf, momentOf } from '../time'
import { useUrl } from '../useUrl'
import css from './RangeFields.module.css'
import { type Range, rangeOf, ranges } from './range'

/** Narrows a list to a range of time, kept in the address: the last hour and the like, or one with ends of its own. */
export function RangeFields() {
  const { t } = useTranslation()
  const [params, change] = useUrl()
  const range = rangeOf(params)
  const names = [...(Object.keys(ranges) as Range[]), 'custom' as const]
  return (
    <>
      <Select
        w={142}
        aria-label={t('common.range.label')}
        allowDeselect={false}
        value={range}
        onChange={(next) => change({ range: next, ...(next === 'custom' ? {} : { from: null, to: null }) })}
        data={[
          { value: '', label: t('common.range.all') },
          ...names.map((name) => ({ value: name, label: t(`common.range.${name}`) })),
        ]}
      />
      {range === 'custom' ? (
        <span className={css.ends}>
          <MomentField name="from" />
          <MomentField name="to" />
        </span>
      ) : null}
    </>
  )
}

/** One end of a range, in the zone the person sees times in. */
function MomentField({ name }: { name: 'from' | 'to' }) {
  const { t } = useTranslation()
  const id = useId()
  const { timeZone } = usePreferences()
  const [params, change] = useUrl()
  return (
    <span className={css.end}>
      <label htmlFor={id}>{t(`common.range.${name}`)}</label>
      <TextInput
        id={id}
        type="datetime-local"
        value={fieldOf(params.get(name) ?? '', timeZone)}
        onChange={(event) => change({ range: 'custom', [name]: momentOf(event.target.value, timeZone) })}
      />
    </span>
  )
}
