import '../../i18n/playbooks'
import { IconBolt, IconClock, IconHandClick, type TablerIcon } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import type { Playbook } from '../../api/models'
import { eventsOf } from '../../documents/playbook'

const icons: Record<string, TablerIcon> = {
  manual: IconHandClick,
  schedule: IconClock,
  event: IconBolt,
  webhook: IconBolt,
}

/** What starts a playbook, in one line. */
export function TriggerText({ playbook }: { playbook: Pick<Playbook, 'trigger' | 'trigger_type'> }) {
  const { t } = useTranslation()
  const type = playbook.trigger_type
  const Icon = icons[type] ?? IconHandClick
  const events = eventsOf(playbook.trigger)
  const word = type in icons ? t(`playbooks.trigger.${type as 'manual'}`) : type
  return (
    <span style={{ display: 'inline-flex', gap: 6, alignItems: 'center', maxWidth: '100%' }}>
      <Icon size={14} aria-hidden style={{ flex: 'none' }} />
      {events.length > 0 ? (
        <span className="mono truncate" title={events.join(', ')}>
          {events.join(', ')}
        </span>
      ) : (
        word
      )}
    </span>
  )
}
