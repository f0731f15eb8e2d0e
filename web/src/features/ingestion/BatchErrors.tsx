import { Button } from '@mantine/core'
import { IconCircleCheck, IconDownload } from '@tabler/icons-react'
import { useInfiniteQuery, useMutation } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import type { Batch } from '../../api/models'
import { batchErrorsQuery, downloadErrors } from '../../resources/ingestion'
import { useErrorText } from '../../ui/errors'
import { Panel } from '../../ui/Page'
import { Heads, ScrollTable } from '../../ui/ScrollTable'
import { EmptyState, ErrorState, LoadingLines } from '../../ui/States'
import { saveFile } from '../../ui/saveFile'
import { toastFailed } from '../../ui/toast'
import { useRows } from '../../ui/useRows'
import css from './Ingestion.module.css'
import { isUnderWay } from './state'

/** The lines that were refused, with why; all of them as a file to mend and send again. */
export function BatchErrors({ row }: { row: Batch }) {
  const { t } = useTranslation()
  return (
    <Panel title={t('ingestion.errors.title')} actions={row.rejected > 0 ? <Downloads row={row} /> : null}>
      {row.rejected > 0 ? (
        <ErrorTable key={isUnderWay(row) ? 'under way' : 'over'} row={row} />
      ) : (
        <EmptyState
          compact
          icon={IconCircleCheck}
          title={t(isUnderWay(row) ? 'ingestion.errors.noneYet' : 'ingestion.errors.none')}
        />
      )}
    </Panel>
  )
}

function Downloads({ row }: { row: Batch }) {
  const { t } = useTranslation()
  const text = useErrorText()
  const fetch = useMutation({
    mutationFn: (format: 'ndjson' | 'csv') => downloadErrors(row.id, format),
    onSuccess: (file, format) => saveFile(file, `errors-of-batch-${row.id}.${format}`),
    onError: (error) => toastFailed(text(error)),
  })
  return (
    <span className={css.downloads}>
      {(['ndjson', 'csv'] as const).map((format) => (
        <Button
          key={format}
          variant="default"
          size="compact-sm"
          leftSection={<IconDownload size={14} />}
          loading={fetch.isPending && fetch.variables === format}
          title={t(`ingestion.errors.${format}Hint`)}
          onClick={() => fetch.mutate(format)}
        >
          {t(`ingestion.errors.${format}`)}
        </Button>
      ))}
    </span>
  )
}

function ErrorTable({ row }: { row: Batch }) {
  const { t } = useTranslation()
  const query = useInfiniteQuery(batchErrorsQuery(row.id))
  const { rows, loading, loadingMore, loadMore } = useRows(query)
  if (loading) return <LoadingLines lines={4} />
  if (query.error && !query.data) return <ErrorState error={query.error} retry={() => void query.refetch()} />
  return (
    <>
      <p className={css.muted}>{t('ingestion.errors.hint')}</p>
      <ScrollTable
        flush
        label={t('ingestion.errors.title')}
        head={
          <Heads names={[t('ingestion.errors.line'), t('ingestion.errors.reason'), t('ingestion.errors.excerpt')]} />
        }
        foot={
          query.hasNextPage ? (
            <Button variant="subtle" size="compact-sm" loading={loadingMore} onClick={loadMore}>
              {t('ingestion.errors.more')}
            </Button>
          ) : null
        }
      >
        {rows.map((error) => (
          <tr key={`${error.line}-${error.offset}`}>
            <td>{t('ingestion.number', { count: error.line })}</td>
            <td>
              {error.reason}
              {error.field ? <span className={`${css.muted} mono`}>{` ${error.field}`}</span> : null}
            </td>
            <td className="mono">
              <span className={css.excerpt}>{error.excerpt}</span>
            </td>
          </tr>
        ))}
      </ScrollTable>
    </>
  )
}
