import { useMutation } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import type { User } from '../../api/models'
import { keys } from '../../resources/keys'
import {
  deleteUser,
  endUserSessions,
  inviteAgain,
  resetSecondFactor,
  unlockUser,
  updateUser,
} from '../../resources/users'
import { useErrorText } from '../../ui/errors'
import { toastDone, toastFailed } from '../../ui/toast'
import { useRefresh } from '../../ui/useRows'

/** One act on a user. What it answers is shown once the server has done it. */
function useAct<Answer, Value = void>(
  act: (value: Value) => Promise<Answer>,
  done: (value: Value, answer: Answer) => string | null,
  after: { quiet?: boolean; next?: (answer: Answer) => void } = {},
) {
  const refresh = useRefresh()
  const text = useErrorText()
  return useMutation({
    mutationFn: act,
    onSuccess: (answer, value) => {
      void refresh(keys.users)
      const message = done(value, answer)
      if (message) toastDone(message)
      after.next?.(answer)
    },
    // A dialog shows the refusal itself.
    onError: (error) => (after.quiet ? undefined : toastFailed(text(error))),
  })
}

/** Everything that can be done to a user. `close` ends the dialog that asked. */
export function useUserActions(user: User, close: () => void, showLink: (url: string) => void) {
  const { t } = useTranslation()
  const name = user.username
  const asked = { quiet: true, next: close }
  return {
    resend: useAct(
      () => inviteAgain(user.id),
      (_, { sent }) => (sent ? t('users.act.resent', { email: user.email }) : null),
      { next: ({ invitation_url: url }) => url && showLink(url) },
    ),
    unlock: useAct(
      () => unlockUser(user.id),
      () => t('users.act.unlocked', { name }),
    ),
    activate: useAct(
      () => updateUser(user.id, { is_active: true }),
      () => t('users.act.activated', { name }),
    ),
    changeRole: useAct(
      (role: User['role']) => updateUser(user.id, { role }),
      (role) => t('users.act.changeRole.done', { name, role: t(`shell.user.role.${role}`) }),
      asked,
    ),
    deactivate: useAct(
      () => updateUser(user.id, { is_active: false }),
      () => t('users.act.deactivate.done', { name }),
      asked,
    ),
    reset: useAct(
      () => resetSecondFactor(user.id),
      () => t('users.act.reset.done', { name }),
      asked,
    ),
    sessions: useAct(
      () => endUserSessions(user.id),
      () => t('users.act.sessions.done', { name }),
      asked,
    ),
    remove: useAct(
      () => deleteUser(user.id),
      () => t('users.act.remove.done', { name }),
      asked,
    ),
  }
}
