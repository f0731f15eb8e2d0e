import { Select } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { Hunt, HuntRowQuery } from '../../api/models'
import { RowPicker } from '../../ui/RowPicker'
import { useUrl } from '../../ui/useUrl'
import { ExportMenu } from './ExportMenu'

/** What narrows the rows of a hunt, and what takes them away as a file. */
export function ResultFilters({ hunt, filter }: { hunt: Hunt; filter: HuntRowQuery }) {
  return (
    <>
      <HostFilter />
      <ArtifactFilter hunt={hunt} />
      <ExportMenu hunt={hunt} filter={filter} />
    </>
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
