import { Button, SegmentedControl } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { Page } from '../../ui/Page'
import { useUrl } from '../../ui/useUrl'
import { NotificationList } from './NotificationList'
import css from './Notifications.module.css'
import { useMarkAllRead } from './useMarkRead'

/** Every notification of this person. */
export function NotificationsPage() {
  const { t } = useTranslation()
  const [params, change] = useUrl()
  const markAll = useMarkAllRead()
  const unreadOnly = params.get('read') === 'false'
  return (
    <Page
      title={t('notifications.title')}
      actions={
        <>
          <SegmentedControl
            size="xs"
            aria-label={t('notifications.title')}
            value={unreadOnly ? 'unread' : 'all'}
            onChange={(value) => change({ read: value === 'unread' ? 'false' : null })}
            data={[
              { value: 'all', label: t('notifications.all') },
              { value: 'unread', label: t('notifications.unread') },
            ]}
          />
          <Button size="sm" variant="default" loading={markAll.isPending} onClick={() => markAll.mutate()}>
            {t('notifications.markAll')}
          </Button>
        </>
      }
    >
      <div className={css.frame}>
        <NotificationList unreadOnly={unreadOnly} />
      </div>
    </Page>
  )
}
