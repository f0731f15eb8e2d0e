import '../../i18n/timeline'
import { Button } from '@mantine/core'
import {
  IconBriefcase,
  IconChecklist,
  IconCloudDownload,
  IconEye,
  IconFingerprint,
  IconMessage,
  IconPencil,
  IconPlayerPlay,
  IconTargetArrow,
  type TablerIcon,
} from '@tabler/icons-react'
import type { InfiniteData, UseInfiniteQueryResult } from '@tanstack/react-query'
import { Fragment } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import type { Page } from '../../api/call'
import type { TimelineEntry } from '../../api/models'
import { usePaths } from '../../app/me'
import { SeverityBadge } from '../SeverityBadge'
import { EmptyState, ErrorState, LoadingLines } from '../States'
import { useTimeFormat } from '../time'
import { useRows } from '../useRows'
import css from './Timeline.module.css'

type Kind = TimelineEntry['kind']

const icons: Record<Kind, TablerIcon> = {
  observation: IconEye,
  execution: IconPlayerPlay,
  case: IconBriefcase,
  indicator: IconFingerprint,
  change: IconPencil,
  detection: IconTargetArrow,
  collection: IconCloudDownload,
  comment: IconMessage,
  task: IconChecklist,
}

interface TimelineProps {
  query: UseInfiniteQueryResult<InfiniteData<Page<TimelineEntry>>, Error>
  /** The kinds one can choose from; without, nothing is chosen here. */
  kinds?: readonly Kind[]
  /** The kinds shown; none means all. */
  chosen?: readonly string[]
  onChoose?: (kinds: string[]) => void
}

/** What happened, newest first, by day; narrowed to some kinds. */
export function Timeline({ query, kinds = [], chosen = [], onChoose }: TimelineProps) {
  const { t } = useTranslation()
  const { rows, loading, loadingMore, loadMore } = useRows(query)
  return (
    <section aria-label={t('timeline.label')}>
      {kinds.length > 0 ? <Kinds kinds={kinds} chosen={chosen} onChoose={onChoose} /> : null}
      {query.error && rows.length === 0 ? (
        <ErrorState error={query.error} retry={() => void query.refetch()} />
      ) : loading ? (
        <LoadingLines lines={8} />
      ) : rows.length === 0 ? (
        <EmptyState compact title={t(chosen.length > 0 ? 'timeline.noMatch' : 'timeline.empty')} />
      ) : (
        <Entries rows={rows} />
      )}
      {query.hasNextPage ? (
        <Button size="sm" variant="default" mt="sm" loading={loadingMore} onClick={loadMore}>
          {t('timeline.more')}
        </Button>
      ) : null}
    </section>
  )
}

function Kinds({ kinds = [], chosen = [], onChoose }: Omit<TimelineProps, 'query'>) {
  const { t } = useTranslation()
  return (
    <fieldset className={css.kinds} aria-label={t('timeline.filter')}>
      {kinds.map((kind) => {
        const Icon = icons[kind]
        const on = chosen.includes(kind)
        return (
          <button
            key={kind}
            type="button"
            className={css.kind}
            aria-pressed={on}
            onClick={() => onChoose?.(on ? chosen.filter((each) => each !== kind) : [...chosen, kind])}
          >
            <Icon size={13} aria-hidden />
            {t(`timeline.kind.${kind}`)}
          </button>
        )
      })}
    </fieldset>
  )
}

function Entries({ rows }: { rows: TimelineEntry[] }) {
  const { day } = useTimeFormat()
  return (
    <ol className={css.list}>
      {rows.map((entry, index) => {
        const today = day(entry.time)
        const before = rows[index - 1]
        return (
          <Fragment key={entry.id}>
            {before && day(before.time) === today ? null : (
              <li className={css.day} aria-hidden>
                {today}
              </li>
            )}
            <Entry entry={entry} />
          </Fragment>
        )
      })}
    </ol>
  )
}

function Entry({ entry }: { entry: TimelineEntry }) {
  const { t } = useTranslation()
  const paths = usePaths()
  const { clock, exact } = useTimeFormat()
  const Icon = icons[entry.kind] ?? IconPencil
  return (
    <li className={css.entry}>
      <time className={css.time} dateTime={entry.time} title={exact(entry.time)}>
        {clock(entry.time)}
      </time>
      <span className={css.icon} title={t(`timeline.kind.${entry.kind}`)}>
        <Icon size={14} aria-hidden />
      </span>
      <div>
        <div className={css.title}>
          {entry.link ? (
            <Link to={paths.inside(entry.link)}>{entry.title}</Link>
          ) : (
            <span className={css.name}>{entry.title}</span>
          )}
          {entry.severity ? <SeverityBadge severity={entry.severity} /> : null}
          {entry.count ? <span className={css.aside}>{t('timeline.rows', { count: entry.count })}</span> : null}
          {entry.actor ? <span className={css.aside}>{t('timeline.by', { name: entry.actor })}</span> : null}
        </div>
        {entry.text ? <p className={css.text}>{entry.text}</p> : null}
      </div>
    </li>
  )
}
