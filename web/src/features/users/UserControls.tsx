import { Button, Select, Stack, Text } from '@mantine/core'
import {
  IconDeviceMobileOff,
  IconLockOpen,
  IconLogout,
  IconMailForward,
  IconTrash,
  IconUserCheck,
  IconUserOff,
  type TablerIcon,
} from '@tabler/icons-react'
import { lazy, Suspense, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { User } from '../../api/models'
import { useMe } from '../../app/me'
import { ConfirmDialog } from '../../ui/ConfirmDialog'
import { useNow } from '../../ui/time'
import { grantable, type Role, stateOf } from './filters'
import css from './Users.module.css'
import { useUserActions } from './useUserActions'

const InvitationLink = lazy(async () => ({ default: (await import('./InvitationLink')).InvitationLink }))

type Question = 'deactivate' | 'reset' | 'sessions' | 'remove'

/** What an administrator can do with an account. What can't be taken back asks first. */
export function UserControls({ user }: { user: User }) {
  const { t } = useTranslation()
  const state = stateOf(user, useNow())
  const [asking, setAsking] = useState<Question | null>(null)
  const [role, setRole] = useState<Role | null>(null)
  const [link, setLink] = useState<string | null>(null)
  const close = () => {
    setAsking(null)
    setRole(null)
  }
  const acts = useUserActions(user, close, setLink)
  return (
    <section>
      <h3 className={css.heading}>{t('users.panel.access')}</h3>
      <Stack gap="sm">
        <RoleField user={user} onChoose={setRole} />
        {state === 'invited' ? (
          <Act
            icon={IconMailForward}
            label={t('users.act.resend')}
            onClick={acts.resend.mutate}
            busy={acts.resend.isPending}
          />
        ) : null}
        {state === 'locked' ? (
          <Act
            icon={IconLockOpen}
            label={t('users.act.unlock')}
            onClick={acts.unlock.mutate}
            busy={acts.unlock.isPending}
          />
        ) : null}
        {user.totp_enabled ? (
          <Act icon={IconDeviceMobileOff} label={t('users.act.reset.button')} onClick={() => setAsking('reset')} />
        ) : null}
        {state === 'inactive' ? (
          <Act
            icon={IconUserCheck}
            label={t('users.act.activate')}
            onClick={acts.activate.mutate}
            busy={acts.activate.isPending}
          />
        ) : (
          <>
            <Act icon={IconLogout} label={t('users.act.sessions.button')} onClick={() => setAsking('sessions')} />
            <Act icon={IconUserOff} label={t('users.act.deactivate.button')} onClick={() => setAsking('deactivate')} />
          </>
        )}
        <Act icon={IconTrash} dangerous label={t('users.act.remove.button')} onClick={() => setAsking('remove')} />
      </Stack>
      <Question user={user} asking={asking} acts={acts} onClose={close} />
      <RoleQuestion user={user} role={role} act={acts.changeRole} onClose={close} />
      <Suspense>
        {link ? <InvitationLink name={user.username} url={link} onClose={() => setLink(null)} /> : null}
      </Suspense>
    </section>
  )
}

interface ActProps {
  icon: TablerIcon
  label: string
  busy?: boolean
  dangerous?: boolean
  onClick: () => void
}

function Act({ icon: Icon, label, busy, dangerous, onClick }: ActProps) {
  return (
    <Button
      size="sm"
      variant="default"
      justify="flex-start"
      c={dangerous ? 'var(--vc-failed)' : undefined}
      leftSection={<Icon size={16} />}
      loading={busy}
      onClick={() => onClick()}
    >
      {label}
    </Button>
  )
}

function RoleField({ user, onChoose }: { user: User; onChoose: (role: Role) => void }) {
  const { t } = useTranslation()
  const me = useMe()
  return (
    <div>
      <Select
        label={t('users.column.role')}
        allowDeselect={false}
        value={user.role}
        data={grantable(me.role).map((role) => ({ value: role, label: t(`shell.user.role.${role}`) }))}
        onChange={(role) => role && role !== user.role && onChoose(role as Role)}
      />
      <Text size="xs" c="dimmed" mt={4}>
        {t(`users.roles.${user.role}`)}
      </Text>
    </div>
  )
}

interface QuestionProps {
  user: User
  asking: Question | null
  acts: ReturnType<typeof useUserActions>
  onClose: () => void
}

/** Says what will happen, and does it only then. */
function Question({ user, asking, acts, onClose }: QuestionProps) {
  const { t } = useTranslation()
  if (!asking) return null
  const act = acts[asking]
  const name = user.username
  const close = () => {
    act.reset()
    onClose()
  }
  return (
    <ConfirmDialog
      opened
      title={t(`users.act.${asking}.title`, { name })}
      consequence={t(`users.act.${asking}.consequence`, { name })}
      confirm={t(`users.act.${asking}.confirm`)}
      typed={asking === 'remove' ? { text: name, label: t('users.act.remove.type', { name }) } : undefined}
      pending={act.isPending}
      error={act.error}
      onConfirm={() => act.mutate()}
      onClose={close}
    />
  )
}

interface RoleQuestionProps {
  user: User
  role: Role | null
  act: ReturnType<typeof useUserActions>['changeRole']
  onClose: () => void
}

function RoleQuestion({ user, role, act, onClose }: RoleQuestionProps) {
  const { t } = useTranslation()
  if (!role) return null
  const to = t(`shell.user.role.${role}`)
  const close = () => {
    act.reset()
    onClose()
  }
  return (
    <ConfirmDialog
      opened
      title={t('users.act.changeRole.title', { name: user.username, from: t(`shell.user.role.${user.role}`), to })}
      consequence={t('users.act.changeRole.consequence', { to, summary: t(`users.roles.${role}`) })}
      confirm={t('users.act.changeRole.confirm')}
      pending={act.isPending}
      error={act.error}
      onConfirm={() => act.mutate(role)}
      onClose={close}
    />
  )
}
