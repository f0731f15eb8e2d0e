import { Group, Kbd, Modal, Stack, Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'

const keys = [
  ['palette', ['Ctrl', 'K']],
  ['goDashboard', ['g', 'd']],
  ['goHosts', ['g', 'h']],
  ['goObservations', ['g', 'o']],
  ['goCases', ['g', 'c']],
  ['goCollections', ['g', 'f']],
  ['goIndicators', ['g', 'i']],
  ['goPlaybooks', ['g', 'p']],
  ['goRuns', ['g', 'r']],
  ['goNotifications', ['g', 'n']],
  ['goIngestion', ['g', 'b']],
  ['goWebhooks', ['g', 'w']],
  ['goConnection', ['g', 'v']],
  ['goUsers', ['g', 'm']],
  ['goTenants', ['g', 't']],
  ['goAudit', ['g', 'l']],
  ['filter', ['/']],
  ['move', ['j', 'k']],
  ['open', ['Enter']],
  ['peek', ['Space']],
  ['select', ['x']],
  ['selectTo', ['Shift', 'X']],
  ['addToCase', ['c']],
  ['addLabels', ['l']],
  ['isolate', ['i']],
  ['collect', ['v']],
  ['create', ['n']],
  ['close', ['Esc']],
  ['help', ['?']],
] as const

/** Every shortcut there is. */
export function ShortcutsDialog({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const { t } = useTranslation()
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={t('shell.help.title')}
      closeButtonProps={{ 'aria-label': t('common.actions.close') }}
    >
      <Stack gap={6}>
        {keys.map(([name, strokes]) => (
          <Group key={name} justify="space-between" wrap="nowrap">
            <Text size="sm">{t(`shell.help.${name}`)}</Text>
            <Group gap={4} wrap="nowrap">
              {strokes.map((stroke) => (
                <Kbd key={stroke}>{stroke}</Kbd>
              ))}
            </Group>
          </Group>
        ))}
      </Stack>
    </Modal>
  )
}
