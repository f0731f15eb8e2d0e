import '../../i18n/dashboard'
import { Button } from '@mantine/core'
import { IconEye, IconPlugConnected } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { lazy, Suspense, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { pathsOf, useMay, useMe, usePaths } from '../../app/me'
import { tenantsQuery } from '../../resources/tenants'
import { Panel } from '../../ui/Page'
import css from './Dashboard.module.css'

const VisitDialog = lazy(async () => ({ default: (await import('../tenants/VisitDialog')).VisitDialog }))

/** What the server calls the tenant with simulated endpoints that it makes at its first start. */
const demoName = 'Demo (simulated)'

/** Before a Velociraptor server is connected: how to begin, with one's own server or in the demo tenant. */
export function Begin() {
  const { t } = useTranslation()
  const paths = usePaths()
  const me = useMe()
  const manage = useMay('velociraptor:manage')
  const visits = me.role === 'super_admin' && !me.visit
  const { data: tenants } = useQuery({ ...tenantsQuery, enabled: visits })
  const demo = tenants?.find(({ name, status, id }) => name === demoName && status === 'active' && id !== me.tenant_id)
  const [going, setGoing] = useState(false)
  if (!manage) return null
  return (
    <Panel title={t('dashboard.begin.title')}>
      <div className={css.begin}>
        <div>
          <p>{t('dashboard.begin.connectHint')}</p>
          <Button component={Link} to={paths.connection} leftSection={<IconPlugConnected size={16} />}>
            {t('dashboard.begin.connect')}
          </Button>
        </div>
        {demo ? (
          <div>
            <p>{t('dashboard.begin.demoHint')}</p>
            <Button variant="default" leftSection={<IconEye size={16} />} onClick={() => setGoing(true)}>
              {t('dashboard.begin.demo')}
            </Button>
          </div>
        ) : null}
      </div>
      <Suspense>
        {going && demo ? (
          <VisitDialog
            tenant={demo}
            reason={t('dashboard.begin.reason')}
            leadsTo={pathsOf(demo.id).hunts}
            onClose={() => setGoing(false)}
          />
        ) : null}
      </Suspense>
    </Panel>
  )
}
