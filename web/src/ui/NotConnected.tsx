import { Button } from '@mantine/core'
import { IconPlugConnected } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { useMay, usePaths } from '../app/me'
import { connectedQuery } from '../resources/dashboard'
import { EmptyState } from './States'

/** Whether the tenant has no Velociraptor server to ask; false until that is known. */
export const useNotConnected = () => useQuery(connectedQuery).data === false

/** In the place of what needs a Velociraptor server: that there is none, and who connects it. */
export function NotConnected() {
  const { t } = useTranslation()
  const paths = usePaths()
  const manage = useMay('velociraptor:manage')
  return (
    <EmptyState
      icon={IconPlugConnected}
      title={t('common.notConnected.title')}
      hint={t(manage ? 'common.notConnected.hint' : 'common.notConnected.reader')}
      action={
        manage ? (
          <Button component={Link} to={paths.connection}>
            {t('common.notConnected.connect')}
          </Button>
        ) : undefined
      }
    />
  )
}
