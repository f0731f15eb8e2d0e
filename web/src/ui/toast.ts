import { notifications } from '@mantine/notifications'
import i18next from 'i18next'

/** Says briefly that something was done. */
export function toastDone(message: string): void {
  notifications.show({ message, color: 'teal', autoClose: 4_000, withBorder: true })
}

/** Says that an action failed, and why. */
export function toastFailed(message: string): void {
  const title = i18next.t('errors.actionTitle')
  notifications.show({ title, message, color: 'red', autoClose: 10_000, withBorder: true })
}
