import { notifications } from '@mantine/notifications'
import i18next from 'i18next'
import type { ReactNode } from 'react'

const closable = () => ({ closeButtonProps: { 'aria-label': i18next.t('common.actions.close') } })

/** Says briefly that something was done. */
export function toastDone(message: ReactNode): void {
  notifications.show({ message, color: 'var(--vc-ok)', autoClose: 4_000, withBorder: true, ...closable() })
}

/** Says what was done for as long as it can be taken back; `content` is given what closes it. */
export function toastUndo(content: (close: () => void) => ReactNode): void {
  const id = crypto.randomUUID()
  const message = content(() => notifications.hide(id))
  notifications.show({ id, message, color: 'var(--vc-ok)', autoClose: 10_000, withBorder: true, ...closable() })
}

/** Says that an action failed, and why. */
export function toastFailed(message: string): void {
  const title = i18next.t('errors.actionTitle')
  notifications.show({ title, message, color: 'red', autoClose: 10_000, withBorder: true, ...closable() })
}

/** Shows a notification as it arrives; urgent ones stay longer. */
export function toastNews(title: string, message: string, urgent: boolean): void {
  const color = urgent ? 'red' : 'brand'
  notifications.show({ title, message, color, autoClose: urgent ? 12_000 : 6_000, withBorder: true, ...closable() })
}
