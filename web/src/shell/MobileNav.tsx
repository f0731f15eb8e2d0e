import { Drawer } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { useReturnFocus } from '../ui/useReturnFocus'
import { Nav } from './Nav'

/** The navigation of a narrow window, over the page. */
export function MobileNav({ onClose }: { onClose: () => void }) {
  useReturnFocus()
  const { t } = useTranslation()
  return (
    <Drawer
      opened
      onClose={onClose}
      size={240}
      padding="sm"
      title={t('shell.product')}
      closeButtonProps={{ 'aria-label': t('common.actions.close') }}
    >
      <Nav />
    </Drawer>
  )
}
