import { Button, Menu } from '@mantine/core'
import {
  IconBraces,
  IconClipboardText,
  IconDots,
  IconDownload,
  IconFileImport,
  IconPlus,
  IconTable,
} from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import type { ArtifactQuery } from '../../api/models'
import { exportArtifacts } from '../../resources/artifacts'
import { useErrorText } from '../../ui/errors'
import { saveFile } from '../../ui/saveFile'
import { toastDone, toastFailed } from '../../ui/toast'

interface ListActionsProps {
  filter: ArtifactQuery
  /** Opens a dialog by its name in the address; nothing for those who only read. */
  onAsk?: (what: string) => void
}

/** What one does with the list: put indicators in, take them out. */
export function ListActions({ filter, onAsk }: ListActionsProps) {
  const { t } = useTranslation()
  const text = useErrorText()
  const fetch = useMutation({
    mutationFn: (format: 'csv' | 'ndjson') => exportArtifacts(filter, format),
    onSuccess: (file, format) => {
      saveFile(file, `indicators-${new Date().toISOString().slice(0, 19).replaceAll(':', '-')}.${format}`)
      toastDone(t('indicators.export.done'))
    },
    onError: (error) => toastFailed(text(error)),
  })
  return (
    <>
      <Menu position="bottom-end">
        <Menu.Target>
          <Button size="sm" variant="default" leftSection={<IconDots size={15} />} loading={fetch.isPending}>
            {t('indicators.moreActions')}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {onAsk ? (
            <>
              <Menu.Item leftSection={<IconPlus size={16} />} onClick={() => onAsk('1')}>
                {t('indicators.add')}
              </Menu.Item>
              <Menu.Item leftSection={<IconFileImport size={16} />} onClick={() => onAsk('import')}>
                {t('indicators.import.open')}
              </Menu.Item>
              <Menu.Divider />
            </>
          ) : null}
          <Menu.Label>
            <IconDownload size={12} aria-hidden /> {t('indicators.export.hint')}
          </Menu.Label>
          <Menu.Item leftSection={<IconTable size={16} />} onClick={() => fetch.mutate('csv')}>
            {t('indicators.export.csv')}
          </Menu.Item>
          <Menu.Item leftSection={<IconBraces size={16} />} onClick={() => fetch.mutate('ndjson')}>
            {t('indicators.export.ndjson')}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {onAsk ? (
        <Button size="sm" leftSection={<IconClipboardText size={15} />} onClick={() => onAsk('paste')}>
          {t('indicators.paste.open')}
        </Button>
      ) : null}
    </>
  )
}
