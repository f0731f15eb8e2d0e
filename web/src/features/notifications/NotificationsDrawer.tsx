import { Button, Drawer, SegmentedControl } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { usePaths } from '../../app/me'
import { NotificationList } from './NotificationList'
import css from './Notifications.module.css'
import { useMarkAllRead } from './useMarkRead'

/** The newest notifications, over any page. */
export function NotificationsDrawer({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const { t } = useTranslation()
  const paths = usePaths()
  const [filter, setFilter] = useState('unread')
  const markAll = useMarkAllRead()
  return (
    <Drawer
      opened={opened}
      onClose={onClose}
      position="right"
      size={420}
      padding="md"
      title={t('notifications.title')}
      closeButtonProps={{ 'aria-label': t('common.actions.close') }}
    >
      <div className={css.bar}>
        <SegmentedControl
          size="xs"
          aria-label={t('notifications.title')}
          value={filter}
          onChange={setFilter}
          data={[
            { value: 'unread', label: t('notifications.unread') },
            { value: 'all', label: t('notifications.all') },
          ]}
        />
        <Button variant="subtle" size="compact-sm" loading={markAll.isPending} onClick={() => markAll.mutate()}>
          {t('notifications.markAll')}
        </Button>
      </div>
      <NotificationList unreadOnly={filter === 'unread'} onOpened={onClose} />
      <Button component={Link} to={paths.notifications} variant="default" fullWidth mt="md" onClick={onClose}>
        {t('notifications.seeAll')}
      </Button>
    </Drawer>
  )
}
