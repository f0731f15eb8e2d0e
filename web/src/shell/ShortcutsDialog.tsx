import '../i18n/help'
import { Group, Kbd, Modal, Stack, Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { useMe } from '../app/me'
import { navigation } from './entries'

const keys = [
  ['palette', ['Ctrl', 'K']],
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
  const [palette, ...rest] = keys.map(([name, strokes]) => ({ says: t(`help.${name}`), strokes }))
  const pages = navigation(useMe().permissions).flatMap((group) =>
    group.entries.map(({ page, key }) => ({
      says: t('help.goTo', { page: t(`shell.nav.${page}`) }),
      strokes: ['g', key],
    })),
  )
  const all = [...(palette ? [palette] : []), ...pages, ...rest]
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={t('help.title')}
      closeButtonProps={{ 'aria-label': t('common.actions.close') }}
    >
      <Stack gap={6}>
        {all.map(({ says, strokes }) => (
          <Group key={says} justify="space-between" wrap="nowrap">
            <Text size="sm">{says}</Text>
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
