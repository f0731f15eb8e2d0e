import { Modal } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { PreferenceFields } from '../ui/PreferenceFields'

interface DialogProps {
  opened: boolean
  onClose: () => void
}

/** The preferences over whatever page is open. */
export function PreferencesDialog({ opened, onClose }: DialogProps) {
  const { t } = useTranslation()
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={t('shell.preferences.title')}
      closeButtonProps={{ 'aria-label': t('common.actions.close') }}
    >
      <PreferenceFields />
    </Modal>
  )
}
