import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { NavLink } from 'react-router'
import { useMe, usePaths } from '../app/me'
import { unreadQuery } from '../resources/notifications'
import { type Entry, navigation } from './entries'
import css from './Shell.module.css'

/** The pages in groups; only those the person may use. */
export function Nav() {
  const { t } = useTranslation()
  const { permissions } = useMe()
  return (
    <nav aria-label={t('shell.nav.label')}>
      {navigation(permissions).map((group) => (
        <div key={group.name}>
          <p className={css.group}>{t(`shell.nav.${group.name}`)}</p>
          <ul className={css.links}>
            {group.entries.map((entry) => (
              <li key={entry.page}>
                <EntryLink entry={entry} />
              </li>
            ))}
          </ul>
        </div>
      ))}
    </nav>
  )
}

function EntryLink({ entry }: { entry: Entry }) {
  const { t } = useTranslation()
  const paths = usePaths()
  const Icon = entry.icon
  return (
    <NavLink to={paths[entry.page]} end={entry.page === 'dashboard'} className={css.link}>
      <Icon size={17} stroke={1.7} aria-hidden />
      {t(`shell.nav.${entry.page}`)}
      {entry.page === 'notifications' ? <UnreadBadge /> : null}
    </NavLink>
  )
}

function UnreadBadge() {
  const unread = useQuery(unreadQuery).data?.total ?? 0
  return unread > 0 ? <span className={css.badge}>{unread > 99 ? '99+' : unread}</span> : null
}
