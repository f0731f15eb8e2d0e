import { useElementSize } from '@mantine/hooks'
import { IconArrowDown, IconArrowUp } from '@tabler/icons-react'
import { useVirtualizer } from '@tanstack/react-virtual'
import { type CSSProperties, type ReactNode, useCallback, useEffect, useId, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { usePreferences } from '../../app/preferences'

import { type Column, nextSort, shown } from './columns'
import css from './DataGrid.module.css'
import type { Selection } from './selection'
import { TickAll, TickRow } from './Ticks'
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
  /** Which rows are ticked, for lists whose rows can be acted on together. `nameOf` says whose tick it is. */
  selection?: Selection
  nameOf?: (row: Row) => string
  /** The row that is open, and what shows under it: as high as it needs. */
  expanded?: number | null
  detail?: (row: Row) => ReactNode
  loading: boolean
  loadingMore?: boolean
  loadMore?: () => void
  empty: ReactNode
}

const nothingHidden: ReadonlySet<string> = new Set()

/** The rows in sight, and the fetching of more before the end is reached. */
function useVisible<Row>({ rows, rowKey, loadMore }: Pick<DataGridProps<Row>, 'rows' | 'rowKey' | 'loadMore'>) {
  const { density } = usePreferences()
  const scroller = useRef<HTMLDivElement>(null)
  const rowHeight = density === 'comfortable' ? 42 : 34
  // Heights belong to rows, not to places: a new row above an open one moves it, and must not leave its height behind.
  // biome-ignore lint/correctness/useExhaustiveDependencies: every list gives the same answer for a row at all times
  const getItemKey = useCallback((index: number) => rowKey(rows[index] as Row), [rows])
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    getItemKey,
    overscan: 12,
    scrollPaddingStart: rowHeight,
  })
  // biome-ignore lint/correctness/useExhaustiveDependencies: the row height is read when measuring
  useEffect(() => virtual.measure(), [rowHeight, virtual])
  const items = virtual.getVirtualItems()
  const lastShown = items.at(-1)?.index ?? 0
  useEffect(() => {
    if (loadMore && rows.length > 0 && lastShown >= rows.length - 40) loadMore()
  }, [lastShown, rows.length, loadMore])
  return {
    scroller,
    items,
    height: virtual.getTotalSize(),
    measure: virtual.measureElement,
    reveal: (index: number) => virtual.scrollToIndex(index),
  }
}

/** A table of any length: only the rows in sight exist. */
export function DataGrid<Row>(props: DataGridProps<Row>) {
  const { rows, rowKey, loading, onOpen, onPeek, peeked, hidden = nothingHidden } = props
  const id = useId()
  const frame = useElementSize()
  const { scroller, items, height, measure, reveal } = useVisible(props)
  const { selection } = props
  const tick = (first: number, last: number) =>
    selection?.toggle(rows.slice(first, last + 1).map(rowKey), rows.map(rowKey))
  const { cursor, setCursor, mark, onKeyDown } = useGridKeys({
    rows,
    open: onOpen,
    peek: onPeek,
    reveal,
    tick: selection && tick,
  })
  const columns = shown(props.columns, frame.width, hidden)
  const tracks = columns.map((column) => column.track)
  const template = { gridTemplateColumns: (selection ? ['24px', ...tracks] : tracks).join(' ') }
  const peekedIndex = peeked == null ? -1 : rows.findIndex((row) => rowKey(row) === peeked)
  const marked = peekedIndex >= 0 ? peekedIndex : cursor
  const use = (row: Row, index: number) => {
    setCursor(index)
    ;(onPeek ?? onOpen)(row)
  }
  // A grid without rows would be none to those who can't see it.
  if (!loading && rows.length === 0) return <div className={css.frame}>{props.empty}</div>
  return (
    <div className={css.frame} ref={frame.ref}>
      <div
        ref={scroller}
        className={css.scroller}
        role="grid"
        aria-label={props.label}
        aria-rowcount={props.total + 1}
        aria-busy={loading}
        aria-multiselectable={selection ? true : undefined}
        aria-activedescendant={cursor >= 0 ? `${id}-${cursor}` : undefined}
        tabIndex={0}
        onKeyDown={onKeyDown}
      >
        <div role="rowgroup">
          <div className={css.header} role="row" aria-rowindex={1} style={template} tabIndex={-1}>
            {selection ? <TickAll selection={selection} keys={rows.map(rowKey)} /> : null}
            {columns.map((column) => (
              <Head key={column.key} column={column} sort={props.sort} onSort={props.onSort} />
            ))}
          </div>
        </div>
        <div role="rowgroup" className={css.body} style={{ height }}>
          {items.map(({ index, start }) => {
            const row = rows[index] as Row
            const key = rowKey(row)
            const open = props.detail !== undefined && key === props.expanded
            return (
              <div
                key={key}
                role="presentation"
                data-index={index}
                ref={props.detail ? measure : undefined}
                className={css.item}
                style={{ transform: `translateY(${start}px)` }}
              >
                <GridRow
                  id={`${id}-${index}`}
                  row={row}
                  index={index}
                  columns={columns}
                  marked={index === marked}
                  style={template}
                  onUse={use}
                  tick={
                    selection
                      ? {
                          on: selection.has(key),
                          name: props.nameOf?.(row) ?? String(key),
                          change: (extend) => mark(index, extend),
                        }
                      : undefined
                  }
                />
                {open ? <Detail content={props.detail?.(row)} /> : null}
              </div>
            )
          })}
        </div>
        {rows.length === 0 ? (
          <SkeletonRows columns={columns} template={template} indent={selection !== undefined} />
        ) : null}
      </div>
      <LoadingMore show={props.loadingMore ?? false} />
    </div>
  )
}

interface GridRowProps<Row> {
  id: string
  row: Row
  index: number
  columns: Column<Row>[]
  /** Where the cursor is, or what is looked at beside the list. */
  marked: boolean
  style: CSSProperties
  onUse: (row: Row, index: number) => void
  /** Whether the row is ticked, and what changes that. */
  tick?: { on: boolean; name: string; change: (extend: boolean) => void }
}

function GridRow<Row>({ id, row, index, columns, marked, style, onUse, tick }: GridRowProps<Row>) {
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the grid itself handles the keys, on its cursor
    <div
      id={id}
      role="row"
      tabIndex={-1}
      aria-rowindex={index + 2}
      aria-selected={tick ? tick.on : marked}
      className={[css.row, tick?.on && css.ticked, marked && css.cursor].filter(Boolean).join(' ')}
      style={style}
      onClick={(event) => {
        if (!(event.target as HTMLElement).closest('a, button, input, label')) onUse(row, index)
      }}
    >
      {tick ? <TickRow on={tick.on} name={tick.name} onChange={tick.change} /> : null}
      {columns.map((column) => (
        <div key={column.key} role="gridcell" tabIndex={-1} className={css.cell}>
          {column.cell(row)}
        </div>
      ))}
    </div>
  )
}

/** What belongs to the open row above it. */
function Detail({ content }: { content: ReactNode }) {
  return (
    <div role="row" tabIndex={-1} className={css.detail}>
      <div role="gridcell" tabIndex={-1}>
        {content}
      </div>
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
  indent,
}: {
  columns: Column<Row>[]
  template: { gridTemplateColumns: string }
  indent: boolean
}) {
  return (
    <div aria-hidden>
      {Array.from({ length: 12 }, (_, row) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the bars have no identity
        <div key={row} className={`${css.row} ${css.skeleton}`} style={template}>
          {indent ? <div /> : null}
          {columns.map((column, index) => (
            <div key={column.key} className={css.bar} style={{ width: `${75 - ((row * 13 + index * 29) % 45)}%` }} />
          ))}
        </div>
      ))}
    </div>
  )
}
