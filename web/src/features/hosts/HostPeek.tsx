import { Button, Stack } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import type { Host } from '../../api/models'
import { usePaths } from '../../app/me'
import { HostCases } from './HostCases'
import { HostFacts } from './HostFacts'
import { PeekActions } from './PeekActions'

/** A host in short, beside the list. */
export function HostPeek({ host }: { host: Host }) {
  const { t } = useTranslation()
  const paths = usePaths()
  return (
    <Stack gap="lg">
      <PeekActions host={host} />
      <HostFacts host={host} />
      <HostCases hostId={host.id} />
      <Button component={Link} to={paths.host(host.id)} variant="default" size="sm">
        {t('hosts.peek.open')}
      </Button>
    </Stack>
  )
}
