import { Alert } from '@mantine/core'
import { lazy, type ReactNode, Suspense } from 'react'
import { useTranslation } from 'react-i18next'
import type { Connection } from '../../api/models'
import { TrailLink } from '../../app/TrailLink'
import { CopyText } from '../../ui/CopyText'
import { Facts, Page, Panel } from '../../ui/Page'
import { LoadingLines } from '../../ui/States'
import { StatusText } from '../../ui/StatusText'
import { ExactTime, TimeAgo } from '../../ui/TimeAgo'
import { CallbacksPanel } from './CallbacksPanel'
import { CheckList, checksOf } from './CheckList'
import css from './Connection.module.css'
import { ConnectionActions } from './ConnectionActions'
import { SyncPanel } from './SyncPanel'
import { expiryOf } from './state'
import { useStoredTest } from './useStoredTest'

const QuarantinePanel = lazy(async () => ({ default: (await import('./QuarantinePanel')).QuarantinePanel }))
const AllowPanel = lazy(async () => ({ default: (await import('./AllowPanel')).AllowPanel }))
const NeverIsolatePanel = lazy(async () => ({ default: (await import('./NeverIsolatePanel')).NeverIsolatePanel }))

/** A connection that is there: how it stands, what it can't do, and what is allowed over it. */
export function Connected({ row, notice }: { row: Connection; notice: ReactNode }) {
  const { t } = useTranslation()
  const test = useStoredTest()
  return (
    <Page
      title={t('connection.title')}
      aside={<StatusText status={row.status} />}
      actions={
        <>
          <TrailLink type="velociraptor_config" id={row.id} />
          <ConnectionActions row={row} test={test} />
        </>
      }
    >
      {notice}
      <Warnings row={row} />
      {test.report || test.busy ? (
        <Panel title={t('connection.checks.title')}>
          <CheckList
            report={test.report}
            busy={test.busy}
            expected={checksOf[row.transport === 'rest' ? 'short' : 'file']}
          />
        </Panel>
      ) : null}
      <div className={css.layout}>
        <div className={css.column}>
          <ServerPanel row={row} />
          <SyncPanel />
          <CallbacksPanel />
        </div>
        <div className={css.column}>
          <Suspense fallback={<LoadingLines lines={12} />}>
            <QuarantinePanel row={row} />
            <NeverIsolatePanel />
            <AllowPanel row={row} />
          </Suspense>
        </div>
      </div>
    </Page>
  )
}

/** What somebody must see to: the server is not to be had, the certificate ends, the transport lacks something. */
function Warnings({ row }: { row: Connection }) {
  const { t } = useTranslation()
  const expiry = expiryOf(row)
  return (
    <>
      {row.simulated ? (
        <Alert color="gray" variant="light" role="status">
          {t('connection.simulated')}
        </Alert>
      ) : null}
      {row.status !== 'connected' && row.last_error ? (
        <Alert color="red" variant="light" role="alert" title={t(`connection.trouble.${row.status}`)}>
          {row.last_error}
        </Alert>
      ) : null}
      {expiry ? (
        <Alert color={expiry === 'soon' ? 'orange' : 'red'} variant="light" role="status">
          {t(`connection.expiry.${expiry}`, { count: row.expires_in_days ?? 0 })}
        </Alert>
      ) : null}
      {row.reduced && row.reduced.length > 0 ? (
        <Alert color="orange" variant="light" role="status" title={t('connection.reduced')}>
          <ul style={{ margin: 0, paddingInlineStart: 20 }}>
            {row.reduced.map((lack) => (
              <li key={lack}>{lack}</li>
            ))}
          </ul>
        </Alert>
      ) : null}
    </>
  )
}

function ServerPanel({ row }: { row: Connection }) {
  const { t } = useTranslation()
  return (
    <Panel title={t('connection.facts.title')}>
      <Facts
        facts={[
          [t('connection.facts.address'), <CopyText key="address" value={row.address} />],
          [t('connection.facts.transport'), t(`connection.transport.${row.transport}`)],
          [t('connection.facts.username'), row.username || t('common.notSet')],
          [t('connection.form.org'), row.org_id || t('connection.facts.root')],
          [t('connection.facts.version'), row.server_version || t('common.notSet')],
          [t('connection.facts.answered'), <TimeAgo key="ok" at={row.last_ok_at} />],
          ...(row.expires_at
            ? ([[t('connection.facts.expires'), <ExactTime key="expires" at={row.expires_at} />]] as [
                string,
                ReactNode,
              ][])
            : []),
          [t('connection.facts.created'), <ExactTime key="created" at={row.created_at} />],
        ]}
      />
      <p className={css.muted}>{t('connection.facts.sealed')}</p>
    </Panel>
  )
}
