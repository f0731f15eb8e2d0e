import { ActionIcon, Menu, Text } from '@mantine/core'
import { IconAdjustments, IconKeyboard, IconLogout, IconUserCircle, IconUserCog } from '@tabler/icons-react'
import type { ParseKeys } from 'i18next'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { useMe, usePaths } from '../app/me'
import { logout } from '../resources/auth'
import { openDialog } from './dialogState'

/** Who is signed in, and what concerns only them. */
export function UserMenu() {
  const { t } = useTranslation()
  const me = useMe()
  const paths = usePaths()
  return (
    <Menu position="bottom-end" width={220}>
      <Menu.Target>
        <ActionIcon size="lg" aria-label={t('shell.user.menu', { name: me.username })}>
          <IconUserCircle size={20} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          <Text fw={600} size="sm" c="var(--vc-text)" truncate>
            {me.username}
          </Text>
          <Text size="xs">{t(`shell.user.role.${me.role}` as ParseKeys) as string}</Text>
        </Menu.Label>
        <Menu.Divider />
        <Menu.Item component={Link} to={paths.profile()} leftSection={<IconUserCog size={16} />}>
          {t('shell.user.account')}
        </Menu.Item>
        <Menu.Item leftSection={<IconAdjustments size={16} />} onClick={() => openDialog('preferences')}>
          {t('shell.user.preferences')}
        </Menu.Item>
        <Menu.Item leftSection={<IconKeyboard size={16} />} onClick={() => openDialog('shortcuts')}>
          {t('shell.user.shortcuts')}
        </Menu.Item>
        <Menu.Divider />
        <Menu.Item leftSection={<IconLogout size={16} />} onClick={() => void logout()}>
          {t('shell.user.signOut')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}
