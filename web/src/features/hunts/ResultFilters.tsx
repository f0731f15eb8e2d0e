import { Select } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { Hunt, HuntRowQuery } from '../../api/models'
import { RowPicker } from '../../ui/RowPicker'
import { SearchField } from '../../ui/SearchField'
import { useUrl } from '../../ui/useUrl'
import { ExportMenu } from './ExportMenu'

/** What narrows the rows of a hunt, and what takes them away as a file. */
export function ResultFilters({ hunt, filter }: { hunt: Hunt; filter: HuntRowQuery }) {
  return (
    <>
      <Search />
      <HostFilter />
      <ArtifactFilter hunt={hunt} />
      <ExportMenu hunt={hunt} filter={filter} />
    </>
  )
}

function Search() {
  const { t } = useTranslation()
  const [params, change] = useUrl()
  return (
    <SearchField
      primary
      width={240}
      label={t('hunts.results.search')}
      value={params.get('q') ?? ''}
      onChange={(q) => change({ q })}
    />
  )
}

function HostFilter() {
  const { t } = useTranslation()
  const [params, change] = useUrl()
  return (
    <div style={{ width: 190 }}>
      <RowPicker
        kind="host"
        aria-label={t('observations.filter.host')}
        placeholder={t('observations.filter.anyHost')}
        value={params.get('host') ?? ''}
        onChange={(host) => change({ host })}
      />
    </div>
  )
}

function ArtifactFilter({ hunt }: { hunt: Hunt }) {
  const { t } = useTranslation()
  const [params, change] = useUrl()
  const names = hunt.artifacts ?? []
  if (names.length < 2) return null
  return (
    <Select
      w={260}
      aria-label={t('hunts.filter.artifact')}
      allowDeselect={false}
      value={params.get('artifact') ?? ''}
      onChange={(artifact) => change({ artifact })}
      data={[{ value: '', label: t('hunts.results.anyArtifact') }, ...names.map((value) => ({ value, label: value }))]}
    />
  )
}
