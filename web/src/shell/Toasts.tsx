import '@mantine/notifications/styles.layer.css'
import { Notifications } from '@mantine/notifications'

/** Where brief messages appear. */
export function Toasts() {
  return <Notifications position="bottom-right" limit={4} />
}
