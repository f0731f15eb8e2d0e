import { Menu } from '@mantine/core'
import type { BulkAction } from './actions'

interface ActionItemsProps {
  actions: BulkAction[]
  onPick: (action: BulkAction) => void
}

/** Actions as items of a menu. */
export function ActionItems({ actions, onPick }: ActionItemsProps) {
  return actions.map((action) => {
    const Icon = action.icon
    return (
      <Menu.Item
        key={action.action}
        color={action.danger ? 'var(--vc-failed)' : undefined}
        leftSection={<Icon size={16} />}
        onClick={() => onPick(action)}
      >
        {action.label}
      </Menu.Item>
    )
  })
}
