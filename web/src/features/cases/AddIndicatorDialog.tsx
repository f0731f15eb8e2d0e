import { Modal } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { useReturnFocus } from '../../ui/useReturnFocus'
import { AddArtifact } from './AddArtifact'

/** Adds an indicator that belongs to no case. */
export function AddIndicatorDialog({ onClose }: { onClose: () => void }) {
  useReturnFocus()
  const { t } = useTranslation()
  return (
    <Modal
      opened
      onClose={onClose}
      size={760}
      title={t('cases.indicators.add')}
      closeButtonProps={{ 'aria-label': t('common.actions.close') }}
    >
      <AddArtifact onAdded={onClose} />
    </Modal>
  )
}
