import type { ParseKeys, TFunction } from 'i18next'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import type { User } from '../../api/models'
import { useMe, usePaths } from '../../app/me'
import type { Column } from '../../ui/DataGrid/columns'
import { TimeAgo } from '../../ui/TimeAgo'
import { UserState } from './UserState'

/** The columns of the list of users. */
export function useUserColumns(): Column<User>[] {
  const { t } = useTranslation()
  const paths = usePaths()
  const { id } = useMe()
  return useMemo(() => columns(t, paths, id), [t, paths, id])
}

function columns(t: TFunction, paths: ReturnType<typeof usePaths>, me: number): Column<User>[] {
  return [
    {
      key: 'username',
      header: t('users.column.username'),
      track: 'minmax(110px, 1.6fr)',
      sort: 'username',
      fixed: true,
      cell: (user) => (
        <Link to={paths.user(user.id)}>{user.id === me ? t('users.you', { name: user.username }) : user.username}</Link>
      ),
    },
    {
      key: 'email',
      header: t('users.column.email'),
      track: 'minmax(120px, 2fr)',
      from: 'md',
      cell: (user) => <span title={user.email}>{user.email}</span>,
    },
    {
      key: 'role',
      header: t('users.column.role'),
      track: 'minmax(84px, 150px)',
      fixed: true,
      cell: (user) => t(`shell.user.role.${user.role}` as ParseKeys) as string,
    },
    {
      key: 'state',
      header: t('users.column.state'),
      track: '96px',
      fixed: true,
      cell: (user) => <UserState user={user} />,
    },
    {
      key: 'totp',
      header: t('users.column.totp'),
      track: '104px',
      from: 'lg',
      cell: (user) => (user.totp_enabled ? t('users.totp.on') : t('users.totp.off')),
    },
    {
      key: 'lastLogin',
      header: t('users.column.lastLogin'),
      track: '104px',
      sort: 'last_login_at',
      from: 'sm',
      cell: (user) => <TimeAgo at={user.last_login_at} />,
    },
    {
      key: 'created',
      header: t('users.column.created'),
      track: '92px',
      sort: 'created_at',
      from: 'lg',
      cell: (user) => <TimeAgo at={user.created_at} />,
    },
  ]
}
