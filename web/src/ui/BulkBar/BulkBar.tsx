import '../../i18n/jobs'
import { Button, Menu } from '@mantine/core'
import { IconDotsVertical } from '@tabler/icons-react'
import { lazy, Suspense, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { BulkSelection } from '../../api/models'
import { useMe } from '../../app/me'
import { may } from '../../app/permissions'
import type { Selection } from '../DataGrid/selection'
import { useShortcuts } from '../shortcuts'
import { atLeast, useWidth } from '../useWidth'
import { ActionItems } from './ActionItems'
import type { BulkAction } from './actions'
import css from './BulkBar.module.css'

const BulkDialog = lazy(async () => ({ default: (await import('./BulkDialog')).BulkDialog }))

interface BulkBarProps {
  resource: BulkSelection['resource']
  selection: Selection
  /** What the list is filtered with, as its query: the selection of all that match. */
  filter: object
  /** How many rows match. */
  total: number
  actions: BulkAction[]
}

/** Under a list whose rows are ticked: how many, and what can be done with them. */
export function BulkBar({ resource, selection, filter, total, actions }: BulkBarProps) {
  const { t } = useTranslation()
  const { permissions } = useMe()
  const wide = atLeast(useWidth(), 'lg')
  const [asking, setAsking] = useState<BulkAction | null>(null)
  const allowed = actions.filter((action) => may(permissions, action.permission))
  useShortcuts(
    Object.fromEntries(allowed.flatMap((action) => (action.key ? [[action.key, () => setAsking(action)]] : []))),
  )
  const buttons = wide ? allowed.filter((action) => action.primary) : []
  const listed = allowed.filter((action) => !buttons.includes(action))
  const { sort: _, ...narrowed } = filter as Record<string, unknown>
  return (
    <section className={css.bar} aria-label={t('jobs.bar.label')}>
      <span className={css.count} role="status">
        {t('jobs.bar.selected', { count: selection.count })}
      </span>
      {!selection.all && total > selection.count ? (
        <Button size="compact-sm" variant="subtle" onClick={selection.selectAll}>
          {t('jobs.bar.selectAll', { count: total })}
        </Button>
      ) : null}
      <Button size="compact-sm" variant="subtle" onClick={selection.clear}>
        {t('jobs.bar.clear')}
      </Button>
      <span className={css.actions}>
        {buttons.map((action) => (
          <ActionButton key={action.action} action={action} onClick={() => setAsking(action)} />
        ))}
        {listed.length > 0 ? <More actions={listed} some={buttons.length > 0} onPick={setAsking} /> : null}
      </span>
      <Suspense>
        {asking ? (
          <BulkDialog
            action={asking}
            selection={
              selection.all
                ? { resource, filter: narrowed }
                : { resource, ids: [...selection.ids].toSorted((a, b) => a - b) }
            }
            count={selection.count}
            onStarted={() => {
              setAsking(null)
              selection.clear()
            }}
            onClose={() => setAsking(null)}
          />
        ) : null}
      </Suspense>
    </section>
  )
}

function ActionButton({ action, onClick }: { action: BulkAction; onClick: () => void }) {
  const Icon = action.icon
  return (
    <Button
      size="compact-sm"
      variant="default"
      leftSection={<Icon size={14} />}
      aria-keyshortcuts={action.key}
      onClick={onClick}
    >
      {action.label}
    </Button>
  )
}

interface MoreProps {
  actions: BulkAction[]
  /** Whether some actions stand beside it already. */
  some: boolean
  onPick: (action: BulkAction) => void
}

function More({ actions, some, onPick }: MoreProps) {
  const { t } = useTranslation()
  return (
    <Menu position="top-end">
      <Menu.Target>
        <Button size="compact-sm" variant="default" rightSection={<IconDotsVertical size={14} />}>
          {t(some ? 'jobs.bar.more' : 'jobs.bar.actions')}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <ActionItems actions={actions} onPick={onPick} />
      </Menu.Dropdown>
    </Menu>
  )
}
