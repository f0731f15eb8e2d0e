import { Button } from '@mantine/core'
import { IconBug } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { EmptyState } from '../ui/States'

/** Stands in for a page that threw; the shell around it goes on. */
export function PageCrash() {
  const { t } = useTranslation()
  return (
    <div role="alert">
      <EmptyState
        icon={IconBug}
        title={t('errors.crashed')}
        hint={t('errors.crashedHint')}
        action={<Button onClick={() => window.location.reload()}>{t('errors.reload')}</Button>}
      />
    </div>
  )
}
