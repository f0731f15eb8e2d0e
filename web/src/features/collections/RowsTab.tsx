import { Button } from '@mantine/core'
import { IconArrowUp } from '@tabler/icons-react'
import { useInfiniteQuery } from '@tanstack/react-query'
import { lazy, useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import type { Collection } from '../../api/models'
import { collectedRowsQuery, isCollected } from '../../resources/collections'
import { RowList } from '../../ui/Observations/RowList'
import { EmptyState } from '../../ui/States'
import css from './Collections.module.css'

const RowBar = lazy(async () => ({ default: (await import('../rows/RowBar')).RowBar }))

/** The rows of a collection. What comes in while somebody reads is announced, and moves nothing until asked for. */
export function RowsTab({ row }: { row: Collection }) {
  const { t } = useTranslation()
  const query = useInfiniteQuery(collectedRowsQuery(row.id))
  const { refetch } = query
  const here = query.data?.pages[0]?.total
  const fresh = here === undefined ? 0 : row.rows - here
  const nothingRead = here === 0
  useEffect(() => {
    // Where nobody reads yet nothing can move.
    if (fresh > 0 && nothingRead) void refetch()
  }, [fresh, nothingRead, refetch])
  if (row.rows === 0 && here === 0) {
    return isCollected(row) ? (
      <EmptyState title={t('collections.rows.none')} hint={t(`collections.rows.over.${overOf(row)}`)} />
    ) : (
      <EmptyState title={t('collections.rows.noneYet')} hint={t('collections.rows.noneYetHint')} />
    )
  }
  return (
    <div className={css.rows}>
      {fresh > 0 && !nothingRead ? (
        <Button
          size="compact-sm"
          className={css.pill}
          leftSection={<IconArrowUp size={14} />}
          loading={query.isRefetching}
          onClick={() => void refetch()}
        >
          {t('collections.rows.fresh', { count: fresh })}
        </Button>
      ) : null}
      <RowList
        query={query}
        ofHost
        fixed
        oneKind
        bar={(rows, clear) => (
          <RowBar
            from={{ kind: 'collection', id: row.id, title: `${row.artifact_name}, ${row.hostname || row.client_id}` }}
            rows={rows}
            onClear={clear}
          />
        )}
      />
    </div>
  )
}

const overOf = ({ status }: Collection) => (status === 'completed' ? 'completed' : 'broken')
