import { Alert, Stack } from '@mantine/core'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import type { User } from '../../api/models'
import { useMay, useMe, usePaths } from '../../app/me'
import { CopyText } from '../../ui/CopyText'
import { Facts } from '../../ui/Page'
import { ExactTime, TimeAgo } from '../../ui/TimeAgo'
import { isAbove } from './filters'
import { UserControls } from './UserControls'
import { UserState } from './UserState'
import css from './Users.module.css'

/** One account in full, and what can be done with it. */
export function UserPanel({ user }: { user: User }) {
  const { t } = useTranslation()
  const me = useMe()
  const manage = useMay('users:manage')
  const self = user.id === me.id
  const above = isAbove(user.role, me.role)
  return (
    <Stack gap="lg">
      <UserFacts user={user} withRole={!manage || self || above} />
      {manage && (self || above) ? (
        <Alert color="gray" variant="light" p="sm">
          {self ? t('users.panel.self') : t('users.panel.above')}
        </Alert>
      ) : null}
      {manage && !self && !above ? <UserControls user={user} /> : null}
      <Trail user={user} />
    </Stack>
  )
}

/** The role stands among the facts where it can't be changed below. */
function UserFacts({ user, withRole }: { user: User; withRole: boolean }) {
  const { t } = useTranslation()
  const locked = user.locked_until && Date.parse(user.locked_until) > Date.now()
  return (
    <Facts
      facts={[
        [t('users.column.state'), <UserState key="state" user={user} />],
        ...(locked
          ? [[t('users.panel.lockedUntil'), <ExactTime key="locked" at={user.locked_until} />] as [string, ReactNode]]
          : []),
        ...(withRole ? [[t('users.column.role'), t(`shell.user.role.${user.role}`)] as [string, string]] : []),
        [
          t('users.column.email'),
          user.email ? (
            <span key="email" className={css.email}>
              <CopyText value={user.email} />
              <span className={css.hint}>
                {user.email_verified ? t('users.emailState.verified') : t('users.emailState.unverified')}
              </span>
            </span>
          ) : (
            t('common.notSet')
          ),
        ],
        [t('users.column.totp'), user.totp_enabled ? t('users.totp.on') : t('users.totp.off')],
        [t('users.column.lastLogin'), <TimeAgo key="login" at={user.last_login_at} />],
        [t('users.column.created'), <ExactTime key="created" at={user.created_at} />],
      ]}
    />
  )
}

function Trail({ user }: { user: User }) {
  const { t } = useTranslation()
  const paths = usePaths()
  if (!useMay('audit:read')) return null
  return (
    <section>
      <h3 className={css.heading}>{t('users.panel.trail')}</h3>
      <ul className={css.links}>
        <li>
          <Link to={paths.trail('user', user.id)}>{t('users.panel.about')}</Link>
        </li>
        <li>
          <Link to={`${paths.audit}?actor=${encodeURIComponent(user.username)}`}>
            {t('users.panel.by', { name: user.username })}
          </Link>
        </li>
      </ul>
    </section>
  )
}
