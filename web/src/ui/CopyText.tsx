import { ActionIcon, CopyButton } from '@mantine/core'
import { IconCheck, IconCopy } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'

/** A value in monospace with a button that copies it. */
export function CopyText({ value }: { value: string | null | undefined }) {
  const { t } = useTranslation()
  if (!value) return <span>{t('common.notSet')}</span>
  return (
    <span style={{ display: 'inline-flex', alignItems: 'center', gap: 4, maxWidth: '100%' }}>
      <span className="mono truncate" title={value}>
        {value}
      </span>
      <CopyButton value={value}>
        {({ copied, copy }) => (
          <ActionIcon size="sm" onClick={copy} aria-label={t('common.copyValue', { value })}>
            {copied ? <IconCheck size={13} /> : <IconCopy size={13} />}
          </ActionIcon>
        )}
      </CopyButton>
    </span>
  )
}
