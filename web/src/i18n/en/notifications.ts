export const notifications = {
  title: 'Notifications',
  all: 'All',
  unread: 'Unread',
  markRead: 'Mark as read',
  markUnread: 'Mark as unread',
  markAll: 'Mark all read',
  seeAll: 'See all',
  empty: 'No notification yet',
  emptyUnread: 'You are up to date',
  emptyHint: 'Playbooks and people write to you here.',
  more: 'Load more',
  open: 'Open',
}
