import { Autocomplete, Button, SegmentedControl, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { fieldsQuery, sourcesQuery } from '../../resources/observations'
import { FilterBar } from '../FilterBar'
import { RangeFields } from '../Range/RangeFields'
import { RowPicker } from '../RowPicker'
import { SearchField } from '../SearchField'
import { useTyped } from '../useTyped'
import { useUrl } from '../useUrl'
import { filterNames, isFiltered } from './filters'

/** What narrows a list of rows; the host only where the list is not one host's own. */
export function RowFilters({ ofHost }: { ofHost: boolean }) {
  const { t } = useTranslation()
  const [params, change] = useUrl()
  const value = (name: string) => params.get(name) ?? ''
  return (
    <FilterBar>
      <SearchField
        primary
        width={210}
        label={t('observations.filter.q')}
        value={value('q')}
        onChange={(q) => change({ q })}
      />
      {ofHost ? null : (
        <div style={{ width: 170 }}>
          <RowPicker
            kind="host"
            aria-label={t('observations.filter.host')}
            placeholder={t('observations.filter.anyHost')}
            value={value('host')}
            onChange={(host) => change({ host })}
          />
        </div>
      )}
      <SourceField />
      <FieldFields />
      <RangeFields />
      <SegmentedControl
        size="xs"
        aria-label={t('observations.filter.time')}
        value={value('time') === 'event' ? 'event' : ''}
        onChange={(time) => change({ time })}
        data={[
          { value: '', label: t('observations.filter.collected') },
          { value: 'event', label: t('observations.filter.event') },
        ]}
      />
      {isFiltered(params) ? (
        <Button
          size="compact-sm"
          variant="subtle"
          onClick={() => change(Object.fromEntries(filterNames.map((name) => [name, null])))}
        >
          {t('common.grid.clearFilters')}
        </Button>
      ) : null}
    </FilterBar>
  )
}

function SourceField() {
  const { t } = useTranslation()
  const [params, change] = useUrl()
  const [typed, type] = useTyped(params.get('source') ?? '', (source) => change({ source, source_id: null }))
  const known = useQuery(sourcesQuery('')).data?.rows ?? []
  return (
    <Autocomplete
      w={180}
      aria-label={t('observations.filter.source')}
      placeholder={t('observations.filter.source')}
      data={[...new Set(known.map((source) => source.name).filter(Boolean))]}
      limit={40}
      spellCheck={false}
      value={typed}
      onChange={type}
    />
  )
}

/** A field by its dotted path, and the value it must have. */
function FieldFields() {
  const { t } = useTranslation()
  const [params, change] = useUrl()
  const [field, typeField] = useTyped(params.get('field') ?? '', (next) => change({ field: next }))
  const [value, typeValue] = useTyped(params.get('value') ?? '', (next) => change({ value: next }))
  const known = useQuery(fieldsQuery(params.get('source') ?? '')).data?.rows ?? []
  return (
    <>
      <Autocomplete
        w={160}
        aria-label={t('observations.filter.field')}
        placeholder={t('observations.filter.field')}
        data={known.map((each) => each.field)}
        limit={40}
        spellCheck={false}
        value={field}
        onChange={typeField}
      />
      <TextInput
        w={160}
        aria-label={t('observations.filter.value')}
        placeholder={t('observations.filter.value')}
        spellCheck={false}
        value={value}
        onChange={(event) => typeValue(event.target.value)}
      />
    </>
  )
}
