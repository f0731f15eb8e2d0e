import { ActionIcon } from '@mantine/core'
import { IconListSearch } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { useMay, usePaths } from './me'

interface TrailLinkProps {
  /** The word the audit log has for such a row: host, case, playbook. */
  type: string
  id: number
}

/** From a row's page to what the audit log tells of it, for those who may read it. */
export function TrailLink({ type, id }: TrailLinkProps) {
  const { t } = useTranslation()
  const paths = usePaths()
  if (!useMay('audit:read')) return null
  return (
    <ActionIcon
      component={Link}
      to={paths.trail(type, id)}
      size={31}
      variant="default"
      title={t('common.trail')}
      aria-label={t('common.trail')}
    >
      <IconListSearch size={16} />
    </ActionIcon>
  )
}
