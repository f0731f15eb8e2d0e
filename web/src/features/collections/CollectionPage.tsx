import '../../i18n/collections'
import { Alert, Button, Tabs } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { lazy, Suspense } from 'react'
import { useTranslation } from 'react-i18next'
import { Link, useParams } from 'react-router'
import type { Collection } from '../../api/models'
import { useMay, usePaths } from '../../app/me'
import { NoRight } from '../../app/NotFound'
import { TrailLink } from '../../app/TrailLink'
import { collectionQuery, isCollected } from '../../resources/collections'
import { DetailPage } from '../../ui/DetailPage'
import { Page } from '../../ui/Page'
import { LoadingLines } from '../../ui/States'
import { StatusText } from '../../ui/StatusText'
import { Elapsed } from '../../ui/TimeAgo'
import { useUrl } from '../../ui/useUrl'
import css from './Collections.module.css'
import { causeOf } from './state'

// The rows come first: what is done with the collection is fetched beside them.
const CollectionActions = lazy(async () => ({ default: (await import('./CollectionActions')).CollectionActions }))
const RowsTab = lazy(async () => ({ default: (await import('./RowsTab')).RowsTab }))
const FilesTab = lazy(async () => ({ default: (await import('./FilesTab')).FilesTab }))
const FactsTab = lazy(async () => ({ default: (await import('./FactsTab')).FactsTab }))

/** One collection: how far it is, its rows as they come in, its files, and why it failed. */
export function CollectionPage() {
  const id = Number(useParams().id)
  const query = useQuery({ ...collectionQuery(id) })
  if (!useMay('velociraptor:read')) return <NoRight />
  return <DetailPage query={query}>{(row) => <CollectionDetail row={row} />}</DetailPage>
}

const tabs = ['rows', 'files', 'facts'] as const

function CollectionDetail({ row }: { row: Collection }) {
  const { t } = useTranslation()
  const paths = usePaths()
  const [params, change] = useUrl()
  const tab = tabs.find((known) => known === params.get('tab')) ?? 'rows'
  const counts = { rows: row.rows, files: row.files, facts: undefined }
  return (
    <Page
      fill={tab === 'rows'}
      title={row.artifact_name}
      aside={
        <span style={{ display: 'inline-flex', flexWrap: 'wrap', gap: '4px 12px' }}>
          <StatusText status={row.status} />
          {row.host_id ? (
            <Link to={paths.host(row.host_id)}>{row.hostname || row.client_id}</Link>
          ) : (
            <span className="mono">{row.client_id}</span>
          )}
        </span>
      }
      actions={
        <>
          <TrailLink type="collection" id={row.id} />
          <Suspense>
            <CollectionActions row={row} />
          </Suspense>
        </>
      }
    >
      <Way row={row} />
      <Failure row={row} />
      {row.rows_bad > 0 ? (
        <Alert color="orange" variant="light" role="status">
          {t('collections.bad', { count: row.rows_bad })} {row.bad_reason}
        </Alert>
      ) : null}
      <Tabs value={tab} onChange={(next) => change({ tab: next })} keepMounted={false} className={css.tabs}>
        <Tabs.List mb="md">
          {tabs.map((name) => (
            <Tabs.Tab key={name} value={name}>
              {counts[name] === undefined
                ? t(`collections.tabs.${name}`)
                : t('collections.tabs.counted', { name: t(`collections.tabs.${name}`), count: counts[name] })}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value={tab} className={css.tab}>
          <Suspense fallback={<LoadingLines lines={8} />}>
            {tab === 'rows' ? <RowsTab row={row} /> : tab === 'files' ? <FilesTab row={row} /> : <FactsTab row={row} />}
          </Suspense>
        </Tabs.Panel>
      </Tabs>
    </Page>
  )
}

/** What it does at this moment, in words; for one that waits also what for. */
function Way({ row }: { row: Collection }) {
  const { t } = useTranslation()
  if (isCollected(row)) return null
  const status = row.status as 'queued' | 'running' | 'waiting' | 'cancelling'
  return (
    <p className={css.muted} role="status">
      {t(`collections.way.${status}`, { host: row.hostname || row.client_id, count: row.rows })}{' '}
      <Elapsed from={row.created_at} />
      {row.reason ? <b>{` ${row.reason}`}</b> : null}
    </p>
  )
}

function Failure({ row }: { row: Collection }) {
  const { t } = useTranslation()
  const paths = usePaths()
  const manage = useMay('velociraptor:manage')
  if (row.status !== 'failed') return null
  const cause = causeOf(row)
  return (
    <Alert color="red" variant="light" title={t('collections.failed')}>
      {row.error}
      {cause ? <p style={{ margin: 0 }}>{t(`collections.causes.${cause}`)}</p> : null}
      {manage && (cause === 'server_down' || cause === 'permission') ? (
        <Button component={Link} to={paths.connection} variant="default" size="compact-sm">
          {t('collections.toConnection')}
        </Button>
      ) : null}
    </Alert>
  )
}
