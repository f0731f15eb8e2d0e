import { Button } from '@mantine/core'
import { IconDeviceDesktop } from '@tabler/icons-react'
import { lazy, Suspense } from 'react'
import { useTranslation } from 'react-i18next'
import { useNavigate } from 'react-router'
import type { Host } from '../../api/models'
import { usePaths } from '../../app/me'
import { DataGrid } from '../../ui/DataGrid/DataGrid'
import type { Selection } from '../../ui/DataGrid/selection'
import { Split } from '../../ui/Split'
import { EmptyState, LoadingLines } from '../../ui/States'
import type { useRows } from '../../ui/useRows'
import { useUrl } from '../../ui/useUrl'
import type { useHostColumns } from './columns'
import { filterNames, isFiltered, sortOf } from './filters'

const HostPeek = lazy(async () => ({ default: (await import('./HostPeek')).HostPeek }))

interface HostGridProps {
  list: ReturnType<typeof useRows<Host>>
  columns: ReturnType<typeof useHostColumns>
  hidden: ReadonlySet<string>
  selection: Selection
  onAdd?: () => void
}

/** The rows of the list, and beside them the one looked at. */
export function HostGrid({ list, columns, hidden, selection, onAdd }: HostGridProps) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const paths = usePaths()
  const [params, change] = useUrl()
  const peeked = Number(params.get('row')) || null
  const row = list.rows.find((host) => host.id === peeked)
  return (
    <Split
      side={row ? { title: row.hostname, label: t('hosts.peek.title'), content: <Peek host={row} /> } : null}
      onClose={() => change({ row: null })}
    >
      <DataGrid
        label={t('hosts.title')}
        columns={columns}
        hidden={hidden}
        {...list}
        rowKey={(host) => host.id}
        nameOf={(host) => host.hostname}
        selection={selection}
        sort={sortOf(params)}
        onSort={(sort) => change({ sort })}
        onOpen={(host) => void navigate(paths.host(host.id))}
        onPeek={(host) => change({ row: peeked === host.id ? null : String(host.id) })}
        peeked={peeked}
        empty={isFiltered(params) ? <NoMatch /> : <NoHost onAdd={onAdd} />}
      />
    </Split>
  )
}

function Peek({ host }: { host: Host }) {
  return (
    <Suspense fallback={<LoadingLines />}>
      <HostPeek host={host} />
    </Suspense>
  )
}

function NoMatch() {
  const { t } = useTranslation()
  const [, change] = useUrl()
  return (
    <EmptyState
      title={t('common.grid.noMatch')}
      hint={t('common.grid.noMatchHint')}
      action={
        <Button variant="default" onClick={() => change(Object.fromEntries(filterNames.map((name) => [name, null])))}>
          {t('common.grid.clearFilters')}
        </Button>
      }
    />
  )
}

function NoHost({ onAdd }: { onAdd?: () => void }) {
  const { t } = useTranslation()
  return (
    <EmptyState
      icon={IconDeviceDesktop}
      title={t('hosts.empty')}
      hint={t('hosts.emptyHint')}
      action={onAdd ? <Button onClick={onAdd}>{t('hosts.add')}</Button> : undefined}
    />
  )
}
