import { Select } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { FilterBar } from '../../ui/FilterBar'
import { SearchField } from '../../ui/SearchField'
import { useUrl } from '../../ui/useUrl'
import { roles, states } from './filters'

/** What narrows the list of people. */
export function UserFilters() {
  const { t } = useTranslation()
  const [params, change] = useUrl()
  return (
    <FilterBar>
      <SearchField primary label={t('users.filter.q')} value={params.get('q') ?? ''} onChange={(q) => change({ q })} />
      <Select
        w={150}
        aria-label={t('users.filter.state')}
        allowDeselect={false}
        value={params.get('state') ?? ''}
        onChange={(state) => change({ state })}
        data={[
          { value: '', label: t('users.filter.anyState') },
          ...states.map((state) => ({ value: state, label: t(`common.status.${state}`) })),
        ]}
      />
      <Select
        w={190}
        aria-label={t('users.filter.role')}
        allowDeselect={false}
        value={params.get('role') ?? ''}
        onChange={(role) => change({ role })}
        data={[
          { value: '', label: t('users.filter.anyRole') },
          ...roles.map((role) => ({ value: role, label: t(`shell.user.role.${role}`) })),
        ]}
      />
    </FilterBar>
  )
}
