import { ActionIcon, Button } from '@mantine/core'
import { IconBellOff, IconMail, IconMailOpened } from '@tabler/icons-react'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import type { Notification } from '../../api/models'
import { usePaths } from '../../app/me'
import { notificationsQuery } from '../../resources/notifications'
import { SeverityBadge } from '../../ui/SeverityBadge'
import { EmptyState, ErrorState, LoadingLines } from '../../ui/States'
import { TimeAgo } from '../../ui/TimeAgo'
import { useRows } from '../../ui/useRows'
import css from './Notifications.module.css'
import { useMarkRead } from './useMarkRead'

interface NotificationListProps {
  unreadOnly: boolean
  /** Called when one was opened, so that a drawer can close. */
  onOpened?: () => void
}

/** What was written to this person, newest first. */
export function NotificationList({ unreadOnly, onOpened }: NotificationListProps) {
  const { t } = useTranslation()
  const query = useInfiniteQuery(notificationsQuery(unreadOnly ? false : undefined))
  const { rows, loading, loadingMore, loadMore } = useRows(query)
  if (query.error && rows.length === 0) return <ErrorState error={query.error} retry={() => void query.refetch()} />
  if (loading) return <LoadingLines lines={6} />
  if (rows.length === 0) {
    return (
      <EmptyState
        icon={IconBellOff}
        title={unreadOnly ? t('notifications.emptyUnread') : t('notifications.empty')}
        hint={t('notifications.emptyHint')}
      />
    )
  }
  return (
    <>
      <ul className={css.list}>
        {rows.map((row) => (
          <li key={row.id} className={css.item} data-unread={!row.is_read || undefined}>
            <Item row={row} onOpened={onOpened} />
          </li>
        ))}
      </ul>
      {query.hasNextPage ? (
        <Button variant="default" m="md" loading={loadingMore} onClick={loadMore}>
          {t('notifications.more')}
        </Button>
      ) : null}
    </>
  )
}

/** A link that stays on this screen, or null: what a playbook wrote is not trusted to lead elsewhere. */
function insideLink(link: string | null | undefined): string | null {
  return link?.startsWith('/') && !link.startsWith('//') && !link.includes('\\') ? link : null
}

function Item({ row, onOpened }: { row: Notification; onOpened?: () => void }) {
  const { t } = useTranslation()
  const paths = usePaths()
  const mark = useMarkRead()
  const link = insideLink(row.link)
  const toggle = row.is_read ? t('notifications.markUnread') : t('notifications.markRead')
  const open = () => {
    if (!row.is_read) mark.mutate({ id: row.id, isRead: true })
    onOpened?.()
  }
  return (
    <>
      <SeverityBadge severity={row.severity} />
      <div className={css.text}>
        {link ? (
          <Link to={paths.inside(link)} className={css.title} onClick={open}>
            {row.title}
          </Link>
        ) : (
          <span className={css.title}>{row.title}</span>
        )}
        {row.message && row.message !== row.title ? <p className={css.message}>{row.message}</p> : null}
        <span className={css.time}>
          <TimeAgo at={row.created_at} />
        </span>
      </div>
      <ActionIcon
        onClick={() => mark.mutate({ id: row.id, isRead: !row.is_read })}
        title={toggle}
        aria-label={`${toggle}: ${row.title}`}
      >
        {row.is_read ? <IconMailOpened size={16} /> : <IconMail size={16} />}
      </ActionIcon>
    </>
  )
}
