import { Select } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { sourcesQuery } from '../../resources/observations'
import { useUrl } from '../../ui/useUrl'

/** Narrows the fields and values to sources of one name. */
export function SourcePicker() {
  const { t } = useTranslation()
  const [params, change] = useUrl()
  const source = params.get('source') ?? ''
  const known = useQuery(sourcesQuery('')).data?.rows ?? []
  const names = [...new Set([...known.map((each) => each.name), source].filter(Boolean))].toSorted()
  return (
    <Select
      w={240}
      searchable
      allowDeselect={false}
      aria-label={t('observations.filter.source')}
      value={source}
      onChange={(next) => change({ source: next, value: null })}
      data={[
        { value: '', label: t('observations.stack.anySource') },
        ...names.map((name) => ({ value: name, label: name })),
      ]}
    />
  )
}
