import { Popover, TextInput, UnstyledButton } from '@mantine/core'
import { IconBuilding, IconSearch, IconSelector } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { lazy, Suspense, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import type { Tenant } from '../api/models'
import { useMe, usePaths } from '../app/me'
import { tenantsQuery } from '../resources/tenants'
import css from './Shell.module.css'

const VisitDialog = lazy(async () => ({ default: (await import('../features/tenants/VisitDialog')).VisitDialog }))

/** The tenants one could go into, by name. */
export function TenantSwitch({ name }: { name: string }) {
  const { t } = useTranslation()
  const [opened, setOpened] = useState(false)
  const [going, setGoing] = useState<Tenant | null>(null)
  const choose = (tenant: Tenant) => {
    setOpened(false)
    setGoing(tenant)
  }
  return (
    <>
      <Popover
        opened={opened}
        onChange={setOpened}
        position="bottom-start"
        width={280}
        shadow="md"
        trapFocus
        returnFocus
        withinPortal
      >
        <Popover.Target>
          <UnstyledButton
            className={`${css.tenant} ${css.elsewhere}`}
            aria-label={t('shell.tenants.switch', { tenant: name })}
            onClick={() => setOpened(!opened)}
          >
            <span className="truncate">{name}</span>
            <IconSelector size={15} aria-hidden color="var(--vc-muted)" style={{ flex: 'none' }} />
          </UnstyledButton>
        </Popover.Target>
        <Popover.Dropdown p={6} aria-label={t('shell.tenants.title')}>
          <Choices onChoose={choose} onClose={() => setOpened(false)} />
        </Popover.Dropdown>
      </Popover>
      <Suspense>{going ? <VisitDialog tenant={going} onClose={() => setGoing(null)} /> : null}</Suspense>
    </>
  )
}

const shownAtOnce = 50

function Choices({ onChoose, onClose }: { onChoose: (tenant: Tenant) => void; onClose: () => void }) {
  const { t } = useTranslation()
  const paths = usePaths()
  const me = useMe()
  const [words, setWords] = useState('')
  const { data = [], isPending } = useQuery(tenantsQuery)
  const wanted = words.trim().toLowerCase()
  const found = data.filter((row) => row.id !== me.tenant_id && row.name.toLowerCase().includes(wanted))
  return (
    <>
      <TextInput
        data-autofocus
        aria-label={t('shell.tenants.search')}
        placeholder={t('shell.tenants.search')}
        leftSection={<IconSearch size={15} />}
        value={words}
        onChange={(event) => setWords(event.target.value)}
        onKeyDown={(event) => event.key === 'Enter' && found[0] && onChoose(found[0])}
      />
      <ul className={css.tenantList}>
        {found.slice(0, shownAtOnce).map((row) => (
          <li key={row.id}>
            <UnstyledButton className={css.link} w="100%" onClick={() => onChoose(row)}>
              <IconBuilding size={16} aria-hidden />
              <span className="truncate">{row.name}</span>
            </UnstyledButton>
          </li>
        ))}
      </ul>
      {found.length === 0 && !isPending ? <p className={css.noTenant}>{t('shell.tenants.none')}</p> : null}
      <Link to={paths.tenants} className={`${css.link} ${css.allTenants}`} onClick={onClose}>
        {t('shell.tenants.all')}
      </Link>
    </>
  )
}
