import '../../i18n/users'
import { Button } from '@mantine/core'
import { IconUserPlus, IconUsers } from '@tabler/icons-react'
import { useInfiniteQuery } from '@tanstack/react-query'
import { lazy, Suspense } from 'react'
import { useTranslation } from 'react-i18next'
import { useMay } from '../../app/me'
import { NoRight } from '../../app/NotFound'
import { usersQuery } from '../../resources/users'
import { DataGrid } from '../../ui/DataGrid/DataGrid'
import { FilterSpace } from '../../ui/FilterBar'
import { Page } from '../../ui/Page'
import { Split } from '../../ui/Split'
import { EmptyState, ErrorState, StaleNotice } from '../../ui/States'
import { useShortcuts } from '../../ui/shortcuts'
import { useRows } from '../../ui/useRows'
import { useUrl } from '../../ui/useUrl'
import { useUserColumns } from './columns'
import { filterNames, filterOf, sortOf } from './filters'
import { useUserPanel } from './useUserPanel'

// The rows come first: what narrows them is fetched beside them.
const UserFilters = lazy(async () => ({ default: (await import('./UserFilters')).UserFilters }))
const InviteDialog = lazy(async () => ({ default: (await import('./InviteDialog')).InviteDialog }))

/** Who may sign in to this tenant, and as what. */
export function UsersPage() {
  return useMay('users:read') ? <Users /> : <NoRight />
}

function Users() {
  const { t } = useTranslation()
  const [params, change] = useUrl()
  const manage = useMay('users:manage')
  const query = useInfiniteQuery(usersQuery(filterOf(params)))
  const list = useRows(query)
  const retry = () => void query.refetch()
  const invite = () => change({ new: '1' })
  useShortcuts(manage ? { n: invite } : {})
  return (
    <Page
      fill
      title={t('users.title')}
      aside={query.data ? t('users.count', { count: list.total }) : null}
      actions={
        manage ? (
          <Button size="sm" leftSection={<IconUserPlus size={15} />} onClick={invite}>
            {t('users.invite')}
          </Button>
        ) : null
      }
    >
      <Suspense fallback={<FilterSpace />}>
        <UserFilters />
      </Suspense>
      {query.error && query.data ? (
        <StaleNotice error={query.error} updatedAt={query.dataUpdatedAt} retry={retry} />
      ) : null}
      {query.error && !query.data ? (
        <ErrorState error={query.error} retry={retry} />
      ) : (
        <UserGrid list={list} onInvite={manage ? invite : undefined} />
      )}
      <Suspense>
        {manage && params.get('new') === '1' ? (
          <InviteDialog
            onClose={() => change({ new: null })}
            onMade={(user) => change({ new: null, row: String(user.id) })}
          />
        ) : null}
      </Suspense>
    </Page>
  )
}

interface UserGridProps {
  list: ReturnType<typeof useRows<import('../../api/models').User>>
  onInvite?: () => void
}

function UserGrid({ list, onInvite }: UserGridProps) {
  const { t } = useTranslation()
  const [params, change] = useUrl()
  const columns = useUserColumns()
  const peeked = Number(params.get('row')) || null
  const side = useUserPanel(peeked, list.rows)
  const peek = (id: number) => change({ row: peeked === id ? null : String(id) })
  return (
    <Split side={side} onClose={() => change({ row: null })}>
      <DataGrid
        label={t('users.title')}
        columns={columns}
        {...list}
        rowKey={(user) => user.id}
        sort={sortOf(params)}
        onSort={(sort) => change({ sort })}
        onOpen={(user) => peek(user.id)}
        onPeek={(user) => peek(user.id)}
        peeked={peeked}
        empty={<Empty onInvite={onInvite} />}
      />
    </Split>
  )
}

function Empty({ onInvite }: { onInvite?: () => void }) {
  const { t } = useTranslation()
  const [params, change] = useUrl()
  if (filterNames.some((name) => params.has(name))) {
    return (
      <EmptyState
        title={t('common.grid.noMatch')}
        hint={t('common.grid.noMatchHint')}
        action={
          <Button variant="default" onClick={() => change(Object.fromEntries(filterNames.map((name) => [name, null])))}>
            {t('common.grid.clearFilters')}
          </Button>
        }
      />
    )
  }
  return (
    <EmptyState
      icon={IconUsers}
      title={t('users.empty')}
      hint={t('users.emptyHint')}
      action={onInvite ? <Button onClick={onInvite}>{t('users.invite')}</Button> : undefined}
    />
  )
}
