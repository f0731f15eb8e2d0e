import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { useMay, useMe } from '../../app/me'
import { peopleQuery } from '../../resources/users'

/** Whom a case can be given to. Without the right to list users that is oneself. */
export function usePeople() {
  const { t } = useTranslation()
  const me = useMe()
  const users = useQuery({ ...peopleQuery, enabled: useMay('users:read') })
  const everybody = users.data ?? [me]
  const nameOf = (id: number | null | undefined): string => {
    if (id == null) return t('cases.unassigned')
    if (id === me.id) return t('cases.you', { name: me.username })
    return everybody.find((user) => user.id === id)?.username ?? t('cases.user', { id })
  }
  return { people: everybody.filter((user) => user.is_active), nameOf, me }
}
