import { Button, Menu } from '@mantine/core'
import { IconBraces, IconDownload, IconTable } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import type { AuditQuery } from '../../api/models'
import { exportAudit } from '../../resources/audit'
import { useErrorText } from '../../ui/errors'
import { saveFile } from '../../ui/saveFile'
import { toastDone, toastFailed } from '../../ui/toast'

/** Downloads the lines that match the filters. */
export function ExportMenu({ filter }: { filter: AuditQuery }) {
  const { t } = useTranslation()
  const text = useErrorText()
  const fetch = useMutation({
    mutationFn: (format: 'csv' | 'json') => exportAudit(filter, format),
    onSuccess: (file, format) => {
      saveFile(file, `audit-${new Date().toISOString().slice(0, 19).replaceAll(':', '-')}.${format}`)
      toastDone(t('audit.export.done'))
    },
    onError: (error) => toastFailed(text(error)),
  })
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button size="sm" variant="default" leftSection={<IconDownload size={15} />} loading={fetch.isPending}>
          {t('audit.export.button')}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{t('audit.export.hint')}</Menu.Label>
        <Menu.Item leftSection={<IconTable size={16} />} onClick={() => fetch.mutate('csv')}>
          {t('audit.export.csv')}
        </Menu.Item>
        <Menu.Item leftSection={<IconBraces size={16} />} onClick={() => fetch.mutate('json')}>
          {t('audit.export.json')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}
