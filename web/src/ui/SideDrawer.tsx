import { Drawer } from '@mantine/core'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { useReturnFocus } from './useReturnFocus'

interface SideDrawerProps {
  title: string
  content: ReactNode
  size?: number | string
  onClose: () => void
}

/** Something to look at over the page, from the side. */
export function SideDrawer({ title, content, size = 360, onClose }: SideDrawerProps) {
  useReturnFocus()
  const { t } = useTranslation()
  return (
    <Drawer
      opened
      onClose={onClose}
      position="right"
      size={size}
      padding="md"
      title={title}
      closeButtonProps={{ 'aria-label': t('common.actions.close') }}
    >
      {content}
    </Drawer>
  )
}
