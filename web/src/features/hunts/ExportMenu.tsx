import { Button, Menu } from '@mantine/core'
import { IconBraces, IconDownload, IconTable } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import type { Hunt, HuntRowQuery } from '../../api/models'
import { exportHuntRows } from '../../resources/hunts'
import { useErrorText } from '../../ui/errors'
import { saveFile } from '../../ui/saveFile'
import { toastDone, toastFailed } from '../../ui/toast'

/** Downloads every row of the hunt that is looked at, those that were never fetched included. */
export function ExportMenu({ hunt, filter }: { hunt: Hunt; filter: HuntRowQuery }) {
  const { t } = useTranslation()
  const text = useErrorText()
  const fetch = useMutation({
    mutationFn: (format: 'csv' | 'ndjson') => exportHuntRows(hunt.id, filter, format),
    onSuccess: (file, format) => {
      saveFile(file, `hunt-${hunt.id}.${format}`)
      toastDone(t('observations.export.done'))
    },
    onError: (error) => toastFailed(text(error)),
  })
  return (
    <Menu position="bottom-start">
      <Menu.Target>
        <Button
          size="compact-sm"
          variant="default"
          leftSection={<IconDownload size={14} />}
          loading={fetch.isPending}
          disabled={hunt.rows === 0}
        >
          {t('observations.export.button')}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{t('hunts.results.exportHint')}</Menu.Label>
        <Menu.Item leftSection={<IconTable size={16} />} onClick={() => fetch.mutate('csv')}>
          {t('observations.export.csv')}
        </Menu.Item>
        <Menu.Item leftSection={<IconBraces size={16} />} onClick={() => fetch.mutate('ndjson')}>
          {t('observations.export.ndjson')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}
