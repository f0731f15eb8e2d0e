import type { ParseKeys } from 'i18next'
import { lazy, Suspense } from 'react'
import { useTranslation } from 'react-i18next'
import { useMe } from '../../app/me'
import { Facts, Panel } from '../../ui/Page'
import { LoadingLines } from '../../ui/States'
import { ExactTime } from '../../ui/TimeAgo'
import { EmailForm } from './EmailForm'
import css from './Profile.module.css'

const PreferenceFields = lazy(async () => ({ default: (await import('../../ui/PreferenceFields')).PreferenceFields }))

/** Who one is here, and how one likes the screen. */
export function AccountTab() {
  const { t } = useTranslation()
  const me = useMe()
  return (
    <div className={css.columns}>
      <Panel title={t('account.person.title')}>
        <p className={css.hint}>{t('account.person.nameHint')}</p>
        <Facts
          facts={[
            [t('account.person.username'), me.username],
            [t('account.person.role'), t(`shell.user.role.${me.role}` as ParseKeys) as string],
            [t('account.person.tenant'), me.tenant.name],
            [t('account.person.since'), <ExactTime key="since" at={me.created_at} />],
          ]}
        />
        <EmailForm key={me.email} me={me} />
      </Panel>
      <Panel title={t('account.person.preferences')}>
        <p className={css.hint}>{t('account.person.preferencesHint')}</p>
        <Suspense fallback={<LoadingLines lines={10} />}>
          <PreferenceFields />
        </Suspense>
      </Panel>
    </div>
  )
}
