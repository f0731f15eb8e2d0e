import type { User } from '../../api/models'
import { StatusText } from '../../ui/StatusText'
import { useNow } from '../../ui/time'
import { stateOf } from './filters'

/** How an account stands, as icon and word. */
export function UserState({ user }: { user: User }) {
  return <StatusText status={stateOf(user, useNow())} />
}
