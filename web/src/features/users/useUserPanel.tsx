import { useQuery } from '@tanstack/react-query'
import { lazy, Suspense } from 'react'
import { useTranslation } from 'react-i18next'
import type { User } from '../../api/models'
import { userQuery } from '../../resources/users'
import { ErrorState, LoadingLines } from '../../ui/States'

const UserPanel = lazy(async () => ({ default: (await import('./UserPanel')).UserPanel }))

/** What the side of the list shows: the user looked at, who may not be among the rows listed. */
export function useUserPanel(id: number | null, rows: User[]) {
  const { t } = useTranslation()
  const listed = rows.find((user) => user.id === id)
  const query = useQuery({ ...userQuery(id ?? 0), enabled: id !== null && !listed })
  if (id === null) return null
  const user = listed ?? query.data
  const content = user ? (
    <Suspense fallback={<LoadingLines />}>
      <UserPanel key={user.id} user={user} />
    </Suspense>
  ) : query.error ? (
    <ErrorState error={query.error} />
  ) : (
    <LoadingLines />
  )
  return { title: user?.username ?? t('users.panel.label'), label: t('users.panel.label'), content }
}
