import '../../i18n/account'
import { Button } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { useMe } from '../../app/me'
import { logout } from '../../resources/auth'
import { Enrolment } from './Enrolment'
import { CardHead, PublicPage } from './PublicPage'
import css from './PublicPage.module.css'

/** Stands before every page until a second factor is set up, where the tenant demands one. */
export function EnrolPage({ onDone }: { onDone: () => void }) {
  const { t } = useTranslation()
  const { tenant } = useMe()
  return (
    <PublicPage title={t('account.enrolDue.title')} wide>
      <div className={css.stack}>
        <Enrolment
          intro={
            <CardHead title={t('account.enrolDue.title')} hint={t('account.enrolDue.hint', { tenant: tenant.name })} />
          }
          onDone={onDone}
        />
        <Button variant="subtle" color="gray" size="compact-sm" onClick={() => void logout()}>
          {t('account.enrolDue.signOut')}
        </Button>
      </div>
    </PublicPage>
  )
}
