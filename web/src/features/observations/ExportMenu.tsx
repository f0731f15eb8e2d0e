import { Button, Menu } from '@mantine/core'
import { IconBraces, IconDownload, IconTable } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import type { ObservationQuery } from '../../api/models'
import { exportObservations } from '../../resources/observations'
import { useErrorText } from '../../ui/errors'
import { saveFile } from '../../ui/saveFile'
import { toastDone, toastFailed } from '../../ui/toast'

/** Downloads every row that matches the filters. */
export function ExportMenu({ filter }: { filter: ObservationQuery }) {
  const { t } = useTranslation()
  const text = useErrorText()
  const fetch = useMutation({
    mutationFn: (format: 'csv' | 'ndjson') => exportObservations(filter, format),
    onSuccess: (file, format) => {
      saveFile(file, `observations-${new Date().toISOString().slice(0, 19).replaceAll(':', '-')}.${format}`)
      toastDone(t('observations.export.done'))
    },
    onError: (error) => toastFailed(text(error)),
  })
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button size="sm" variant="default" leftSection={<IconDownload size={15} />} loading={fetch.isPending}>
          {t('observations.export.button')}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{t('observations.export.hint')}</Menu.Label>
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
