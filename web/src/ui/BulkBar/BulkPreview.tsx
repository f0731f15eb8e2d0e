import { Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import type { BulkSelection } from '../../api/models'
import { bulkPreviewQuery } from '../../resources/bulk'

/** How many rows a selection means at this moment; undefined until the server has said it. */
export function useBulkTotal(selection: BulkSelection): number | undefined {
  return useQuery(bulkPreviewQuery(selection)).data?.total
}

/** Which rows will be acted on, as the server counts them now. */
export function BulkPreview({ selection }: { selection: BulkSelection }) {
  const { t } = useTranslation()
  const { data, error } = useQuery(bulkPreviewQuery(selection))
  const names = (data?.sample ?? []).slice(0, 5).map((row) => row.name)
  return (
    <div role="status">
      <Text size="sm">
        {data
          ? data.total === 0
            ? t('jobs.preview.none')
            : t('jobs.preview.acts', { rows: t(`jobs.rows.${selection.resource}`, { count: data.total }) })
          : t(error ? 'jobs.preview.failed' : 'jobs.preview.counting')}
      </Text>
      {names.length > 0 ? (
        <Text size="sm" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
          {t('jobs.preview.sample', { names: names.join(', ') })}
        </Text>
      ) : null}
    </div>
  )
}
