import '../../i18n/collections'
import { Button } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { useMay, usePaths } from '../../app/me'
import { NoRight } from '../../app/NotFound'
import { CollectionList } from '../../ui/Collections/CollectionList'
import { Page } from '../../ui/Page'

/** What was asked of all endpoints, by people and by playbooks. */
export function CollectionsPage() {
  const { t } = useTranslation()
  const paths = usePaths()
  if (!useMay('velociraptor:read')) return <NoRight />
  return (
    <Page fill title={t('collections.title')}>
      <CollectionList
        action={
          <Button component={Link} to={paths.hosts} variant="default">
            {t('collections.toHosts')}
          </Button>
        }
      />
    </Page>
  )
}
