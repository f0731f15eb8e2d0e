import { useElementSize } from '@mantine/hooks'
import { IconArrowDown, IconArrowUp } from '@tabler/icons-react'
import { useVirtualizer } from '@tanstack/react-virtual'
import { type ReactNode, useEffect, useId, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { usePreferences } from '../../app/preferences'

import { type Column, nextSort, shown } from './columns'
import css from './DataGrid.module.css'
import { useGridKeys } from './useGridKeys'

interface DataGridProps<Row> {
  /** What the rows are, for those who can't see the grid. */
  label: string
  columns: Column<Row>[]
  hidden?: ReadonlySet<string>
  rows: Row[]
  rowKey: (row: Row) => number
  total: number
  /** `field` or `-field`. */
  sort?: string
  onSort?: (sort: string) => void
  onOpen: (row: Row) => void
  /** What a click and the space bar do, when there is something to look at without leaving the list. */
  onPeek?: (row: Row) => void
  /** The row looked at. */
  peeked?: number | null
  loading: boolean
  loadingMore?: boolean
  loadMore?: () => void
  empty: ReactNode
}

const nothingHidden: ReadonlySet<string> = new Set()

/** A table of any length: only the rows in sight exist; more are fetched before the end is reached. */
export function DataGrid<Row>(props: DataGridProps<Row>) {
  const { columns, rows, rowKey, total, loading, loadMore, hidden = nothingHidden } = props
  const { density } = usePreferences()
  const frame = useElementSize()
  const id = useId()
  const scroller = useRef<HTMLDivElement>(null)
  const rowHeight = density === 'comfortable' ? 42 : 34
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 12,
    scrollPaddingStart: rowHeight,
  })
  // biome-ignore lint/correctness/useExhaustiveDependencies: the row height is read when measuring
  useEffect(() => virtual.measure(), [rowHeight, virtual])

  const { cursor, setCursor, onKeyDown } = useGridKeys({
    rows,
    open: props.onOpen,
    peek: props.onPeek,
    reveal: (index) => virtual.scrollToIndex(index),
  })

  const items = virtual.getVirtualItems()
  const lastShown = items.at(-1)?.index ?? 0
  useEffect(() => {
    if (loadMore && rows.length > 0 && lastShown >= rows.length - 40) loadMore()
  }, [lastShown, rows.length, loadMore])

  const fitting = shown(columns, frame.width, hidden)
  const template = { gridTemplateColumns: fitting.map((column) => column.track).join(' ') }
  const peekedIndex = props.peeked == null ? -1 : rows.findIndex((row) => rowKey(row) === props.peeked)
  const marked = peekedIndex >= 0 ? peekedIndex : cursor

  return (
    <div className={css.frame} ref={frame.ref}>
      <div
        ref={scroller}
        className={css.scroller}
        role="grid"
        aria-label={props.label}
        aria-rowcount={total + 1}
        aria-busy={loading}
        aria-activedescendant={cursor >= 0 ? `${id}-${cursor}` : undefined}
        tabIndex={0}
        onKeyDown={onKeyDown}
      >
        <div role="rowgroup">
          <div className={css.header} role="row" aria-rowindex={1} style={template} tabIndex={-1}>
            {fitting.map((column) => (
              <Head key={column.key} column={column} sort={props.sort} onSort={props.onSort} />
            ))}
          </div>
        </div>
        {rows.length > 0 ? (
          <div role="rowgroup" className={css.body} style={{ height: virtual.getTotalSize() }}>
            {items.map((item) => {
              const row = rows[item.index] as Row
              const use = props.onPeek ?? props.onOpen
              return (
                // biome-ignore lint/a11y/useKeyWithClickEvents: the grid itself handles the keys, on its cursor
                <div
                  key={rowKey(row)}
                  id={`${id}-${item.index}`}
                  role="row"
                  tabIndex={-1}
                  aria-rowindex={item.index + 2}
                  aria-selected={item.index === marked}
                  className={item.index === marked ? `${css.row} ${css.cursor}` : css.row}
                  style={{ ...template, transform: `translateY(${item.start}px)` }}
                  onClick={(event) => {
                    if ((event.target as HTMLElement).closest('a, button, input, label')) return
                    setCursor(item.index)
                    use(row)
                  }}
                >
                  {fitting.map((column) => (
                    <div key={column.key} role="gridcell" tabIndex={-1} className={css.cell}>
                      {column.cell(row)}
                    </div>
                  ))}
                </div>
              )
            })}
          </div>
        ) : null}
        {loading && rows.length === 0 ? <SkeletonRows columns={fitting} template={template} /> : null}
        {!loading && rows.length === 0 ? props.empty : null}
      </div>
      <LoadingMore show={props.loadingMore ?? false} />
    </div>
  )
}

function LoadingMore({ show }: { show: boolean }) {
  const { t } = useTranslation()
  return show ? (
    <div className={css.more} role="status">
      {t('common.grid.loadingMore')}
    </div>
  ) : null
}

interface HeadProps<Row> {
  column: Column<Row>
  sort?: string
  onSort?: (sort: string) => void
}

function Head<Row>({ column, sort = '', onSort }: HeadProps<Row>) {
  const { t } = useTranslation()
  const field = column.sort
  const down = field !== undefined && sort === `-${field}`
  const up = field !== undefined && sort === field
  const Arrow = down ? IconArrowDown : IconArrowUp
  return (
    <div
      role="columnheader"
      tabIndex={-1}
      className={css.head}
      aria-sort={down ? 'descending' : up ? 'ascending' : undefined}
    >
      {field && onSort ? (
        <button
          type="button"
          className={down || up ? `${css.sort} ${css.sorted}` : css.sort}
          title={t('common.grid.sortBy', { column: column.header })}
          onClick={() => onSort(nextSort(sort, field))}
        >
          {column.header}
          {down || up ? <Arrow size={14} aria-hidden /> : null}
        </button>
      ) : (
        column.header
      )}
    </div>
  )
}

function SkeletonRows<Row>({
  columns,
  template,
}: {
  columns: Column<Row>[]
  template: { gridTemplateColumns: string }
}) {
  return (
    <div aria-hidden>
      {Array.from({ length: 12 }, (_, row) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the bars have no identity
        <div key={row} className={`${css.row} ${css.skeleton}`} style={template}>
          {columns.map((column, index) => (
            <div key={column.key} className={css.bar} style={{ width: `${75 - ((row * 13 + index * 29) % 45)}%` }} />
          ))}
        </div>
      ))}
    </div>
  )
}
