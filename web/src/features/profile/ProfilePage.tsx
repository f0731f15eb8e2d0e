import '../../i18n/account'
import { Tabs } from '@mantine/core'
import { lazy, Suspense } from 'react'
import { useTranslation } from 'react-i18next'
import { useNavigate, useParams } from 'react-router'
import { useMe, usePaths } from '../../app/me'
import { Page } from '../../ui/Page'
import { LoadingLines } from '../../ui/States'
import css from './Profile.module.css'

const tabs = {
  account: lazy(async () => ({ default: (await import('./AccountTab')).AccountTab })),
  password: lazy(async () => ({ default: (await import('./PasswordTab')).PasswordTab })),
  factor: lazy(async () => ({ default: (await import('./FactorTab')).FactorTab })),
  sessions: lazy(async () => ({ default: (await import('./SessionsTab')).SessionsTab })),
  keys: lazy(async () => ({ default: (await import('./ApiKeysTab')).ApiKeysTab })),
}
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
        classNames={{ tab: css.tab }}
        value={shown}
        onChange={(tab) => void navigate(paths.profile(tab ?? undefined), { replace: true })}
        keepMounted={false}
      >
        <Tabs.List mb="md" className={css.tabs}>
          {names.map((name) => (
            <Tabs.Tab key={name} value={name} ref={name === shown ? intoView : undefined}>
              {t(`account.tabs.${name}`)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {names.map((name) => {
          const Tab = tabs[name]
          return (
            <Tabs.Panel key={name} value={name}>
              <Suspense fallback={<LoadingLines lines={6} />}>
                <Tab />
              </Suspense>
            </Tabs.Panel>
          )
        })}
      </Tabs>
    </Page>
  )
}

/** Where the tabs are wider than the window, the one that is open must be in sight. */
function intoView(tab: HTMLButtonElement | null): void {
  tab?.scrollIntoView({ block: 'nearest', inline: 'nearest' })
}

function mayHoldKeys(permissions: string[] | undefined): boolean {
  return permissions === undefined || permissions.includes('api_keys:manage')
}
