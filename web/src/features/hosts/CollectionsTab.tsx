import { Button } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { Host } from '../../api/models'
import { useMay } from '../../app/me'
import { CollectionList } from '../../ui/Collections/CollectionList'
import { useUrl } from '../../ui/useUrl'
import css from './Hosts.module.css'

/** What was collected from a host. */
export function CollectionsTab({ host }: { host: Host }) {
  const { t } = useTranslation()
  const [, change] = useUrl()
  const may = useMay('collections:start')
  return (
    <div className={css.rows}>
      <CollectionList
        hostId={host.id}
        action={
          may && host.client_id ? (
            <Button onClick={() => change({ collect: '1' })}>{t('hostWork.collect')}</Button>
          ) : undefined
        }
      />
    </div>
  )
}
