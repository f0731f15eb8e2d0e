import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { Webhook } from '../../api/models'
import type { Column } from '../../ui/DataGrid/columns'
import { StatusText } from '../../ui/StatusText'
import { TimeAgo } from '../../ui/TimeAgo'
import css from './Webhooks.module.css'

/** The columns of the list of webhooks. */
export function useWebhookColumns(): Column<Webhook>[] {
  const { t } = useTranslation()
  return useMemo(
    () => [
      {
        key: 'name',
        header: t('webhooks.column.name'),
        track: 'minmax(120px, 2fr)',
        fixed: true,
        cell: (row) => <b className="truncate">{row.name}</b>,
      },
      {
        key: 'state',
        header: t('webhooks.column.state'),
        track: '100px',
        fixed: true,
        cell: (row) => <StatusText status={row.enabled ? 'active' : 'inactive'} />,
      },
      {
        key: 'address',
        header: t('webhooks.column.address'),
        track: '110px',
        from: 'md',
        cell: (row) => <span className="mono">{`${row.hint}…`}</span>,
      },
      {
        key: 'signature',
        header: t('webhooks.column.signature'),
        track: 'minmax(120px, 1fr)',
        from: 'md',
        cell: (row) =>
          row.signed ? <span className="mono truncate">{row.signature_header}</span> : t('webhooks.unsigned'),
      },
      {
        key: 'received',
        header: t('webhooks.column.received'),
        track: '84px',
        from: 'sm',
        cell: (row) => t('webhooks.number', { count: row.received }),
      },
      {
        key: 'refused',
        header: t('webhooks.column.refused'),
        track: '84px',
        from: 'lg',
        cell: (row) => (
          <span className={row.refused > 0 ? css.failed : undefined}>
            {t('webhooks.number', { count: row.refused })}
          </span>
        ),
      },
      {
        key: 'lastUsed',
        header: t('webhooks.column.lastUsed'),
        track: '92px',
        from: 'sm',
        cell: (row) => <TimeAgo at={row.last_used_at} />,
      },
    ],
    [t],
  )
}
