import '../../i18n/webhooks'
import { Button } from '@mantine/core'
import { IconPlus, IconWebhook } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { lazy, Suspense, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { MadeWebhook, Webhook } from '../../api/models'
import { useMay } from '../../app/me'
import { NoRight } from '../../app/NotFound'
import { webhooksQuery } from '../../resources/webhooks'
import { DataGrid } from '../../ui/DataGrid/DataGrid'
import { Page } from '../../ui/Page'
import { Split } from '../../ui/Split'
import { EmptyState, ErrorState, LoadingLines } from '../../ui/States'
import { useShortcuts } from '../../ui/shortcuts'
import { useUrl } from '../../ui/useUrl'
import { useWebhookColumns } from './columns'
import css from './Webhooks.module.css'

const WebhookPanel = lazy(async () => ({ default: (await import('./WebhookPanel')).WebhookPanel }))
const WebhookDialog = lazy(async () => ({ default: (await import('./WebhookDialog')).WebhookDialog }))
const ShownWebhook = lazy(async () => ({ default: (await import('./ShownWebhook')).ShownWebhook }))

/** The addresses at which other systems report. */
export function WebhooksPage() {
  return useMay('webhooks:manage') ? <Webhooks /> : <NoRight />
}

function Webhooks() {
  const { t } = useTranslation()
  const [params, change] = useUrl()
  const query = useQuery(webhooksQuery)
  const [made, setMade] = useState<MadeWebhook | null>(null)
  const rows = query.data ?? []
  const add = () => change({ new: '1' })
  useShortcuts({ n: add })
  return (
    <Page
      fill
      title={t('webhooks.title')}
      aside={query.data ? t('webhooks.count', { count: rows.length }) : null}
      actions={
        <Button size="sm" leftSection={<IconPlus size={15} />} onClick={add}>
          {t('webhooks.add')}
        </Button>
      }
    >
      <p className={css.hint}>{t('webhooks.hint')}</p>
      {query.error && !query.data ? (
        <ErrorState error={query.error} retry={() => void query.refetch()} />
      ) : (
        <WebhookList rows={rows} loading={query.isPending} onAdd={add} onMade={setMade} />
      )}
      <Suspense>
        {params.get('new') === '1' ? (
          <WebhookDialog
            onMade={(webhook) => {
              setMade(webhook)
              change({ new: null, row: String(webhook.id) })
            }}
            onClose={() => change({ new: null })}
          />
        ) : null}
        {made ? <ShownWebhook webhook={made} onClose={() => setMade(null)} /> : null}
      </Suspense>
    </Page>
  )
}

interface WebhookListProps {
  rows: Webhook[]
  loading: boolean
  onAdd: () => void
  onMade: (webhook: MadeWebhook) => void
}

function WebhookList({ rows, loading, onAdd, onMade }: WebhookListProps) {
  const { t } = useTranslation()
  const [params, change] = useUrl()
  const columns = useWebhookColumns()
  const peeked = Number(params.get('row')) || null
  const row = rows.find((each) => each.id === peeked)
  const toggle = ({ id }: Webhook) => change({ row: id === peeked ? null : String(id) })
  const side = row && {
    title: row.name,
    label: t('webhooks.one'),
    content: (
      <Suspense fallback={<LoadingLines />}>
        <WebhookPanel key={row.id} row={row} onMade={onMade} />
      </Suspense>
    ),
  }
  return (
    <Split side={side ?? null} onClose={() => change({ row: null })}>
      <DataGrid
        label={t('webhooks.title')}
        columns={columns}
        rows={rows}
        total={rows.length}
        loading={loading}
        rowKey={(each) => each.id}
        onOpen={toggle}
        onPeek={toggle}
        peeked={peeked}
        empty={
          <EmptyState
            icon={IconWebhook}
            title={t('webhooks.empty')}
            hint={t('webhooks.emptyHint')}
            action={<Button onClick={onAdd}>{t('webhooks.add')}</Button>}
          />
        }
      />
    </Split>
  )
}
