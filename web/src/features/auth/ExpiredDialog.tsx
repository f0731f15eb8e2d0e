import '../../i18n/auth'
import { Button, Modal, Stack, Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { session } from '../../api/http'
import { useMe } from '../../app/me'
import { SignIn } from './SignIn'

/** Signs in again over the page that was open, so that nothing typed there is lost. */
export function ExpiredDialog() {
  const { t } = useTranslation()
  const { username } = useMe()
  return (
    <Modal
      opened
      onClose={() => undefined}
      withCloseButton={false}
      closeOnEscape={false}
      closeOnClickOutside={false}
      title={t('auth.expired.title')}
    >
      <Stack gap="lg">
        <Text>{t('auth.expired.hint', { username })}</Text>
        <SignIn username={username} />
        <Button variant="subtle" color="gray" onClick={() => session.end()}>
          {t('auth.expired.leave')}
        </Button>
      </Stack>
    </Modal>
  )
}
