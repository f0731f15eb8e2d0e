import '../../i18n/account'
import { Tabs } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { useNavigate, useParams } from 'react-router'
import { useMe, usePaths } from '../../app/me'
import { Page } from '../../ui/Page'
import { AccountTab } from './AccountTab'
import { ApiKeysTab } from './ApiKeysTab'
import { FactorTab } from './FactorTab'
import { PasswordTab } from './PasswordTab'
import css from './Profile.module.css'
import { SessionsTab } from './SessionsTab'

const tabs = {
  account: AccountTab,
  password: PasswordTab,
  factor: FactorTab,
  sessions: SessionsTab,
  keys: ApiKeysTab,
} as const
type TabName = keyof typeof tabs

/** The own account: who one is, how one gets in, from where, and what acts in one's name. */
export function ProfilePage() {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const paths = usePaths()
  const me = useMe()
  const named = useParams().tab
  const shown: TabName = named !== undefined && named in tabs ? (named as TabName) : 'account'
  const names = (Object.keys(tabs) as TabName[]).filter((name) => name !== 'keys' || mayHoldKeys(me.permissions))
  return (
    <Page title={t('account.title')} aside={me.username}>
      <Tabs
        value={shown}
        onChange={(tab) => void navigate(paths.profile(tab ?? undefined), { replace: true })}
        keepMounted={false}
      >
        <Tabs.List mb="md" className={css.tabs}>
          {names.map((name) => (
            <Tabs.Tab key={name} value={name}>
              {t(`account.tabs.${name}`)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {names.map((name) => {
          const Tab = tabs[name]
          return (
            <Tabs.Panel key={name} value={name}>
              <Tab />
            </Tabs.Panel>
          )
        })}
      </Tabs>
    </Page>
  )
}

function mayHoldKeys(permissions: string[] | undefined): boolean {
  return permissions === undefined || permissions.includes('api_keys:manage')
}
