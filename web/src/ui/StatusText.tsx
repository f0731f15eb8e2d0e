import {
  IconAlertTriangle,
  IconArrowBackUp,
  IconBan,
  IconCheck,
  IconCircle,
  IconCircleCheck,
  IconCircleDashed,
  IconCircleFilled,
  IconCircleX,
  IconClockPause,
  IconLoader2,
  IconLock,
  IconMail,
  IconPlayerSkipForward,
  IconPlayerTrackNext,
  IconTrash,
  type TablerIcon,
} from '@tabler/icons-react'
import type { ParseKeys } from 'i18next'
import { useTranslation } from 'react-i18next'
import css from './StatusText.module.css'

type Tone = 'ok' | 'running' | 'waiting' | 'failed' | 'idle'

interface Look {
  tone: Tone
  icon: TablerIcon
  spin?: boolean
  small?: boolean
}

const looks: Record<string, Look> = {
  queued: { tone: 'idle', icon: IconCircleDashed },
  pending: { tone: 'idle', icon: IconCircleDashed },
  running: { tone: 'running', icon: IconLoader2, spin: true },
  cancelling: { tone: 'waiting', icon: IconLoader2, spin: true },
  waiting: { tone: 'waiting', icon: IconClockPause },
  paused: { tone: 'waiting', icon: IconClockPause },
  completed: { tone: 'ok', icon: IconCircleCheck },
  failed: { tone: 'failed', icon: IconCircleX },
  timed_out: { tone: 'failed', icon: IconAlertTriangle },
  cancelled: { tone: 'idle', icon: IconBan },
  compensated: { tone: 'waiting', icon: IconArrowBackUp },
  undone: { tone: 'waiting', icon: IconArrowBackUp },
  skipped: { tone: 'idle', icon: IconPlayerSkipForward },
  online: { tone: 'ok', icon: IconCircleFilled, small: true },
  offline: { tone: 'idle', icon: IconCircle, small: true },
  open: { tone: 'running', icon: IconCircle },
  investigating: { tone: 'waiting', icon: IconPlayerTrackNext },
  closed: { tone: 'idle', icon: IconCircleCheck },
  active: { tone: 'ok', icon: IconCircleCheck },
  invited: { tone: 'waiting', icon: IconMail },
  locked: { tone: 'failed', icon: IconLock },
  inactive: { tone: 'idle', icon: IconBan },
  suspended: { tone: 'waiting', icon: IconClockPause },
  deleting: { tone: 'failed', icon: IconTrash },
  success: { tone: 'ok', icon: IconCheck },
  failure: { tone: 'failed', icon: IconCircleX },
  denied: { tone: 'waiting', icon: IconBan },
  connected: { tone: 'ok', icon: IconCircleCheck },
  unreachable: { tone: 'failed', icon: IconCircleX },
  refused: { tone: 'failed', icon: IconBan },
  expired: { tone: 'failed', icon: IconAlertTriangle },
  failing: { tone: 'failed', icon: IconAlertTriangle },
  missing: { tone: 'waiting', icon: IconAlertTriangle },
  checking: { tone: 'running', icon: IconLoader2, spin: true },
  isolating: { tone: 'waiting', icon: IconLoader2, spin: true },
  isolated: { tone: 'waiting', icon: IconLock },
  unverified: { tone: 'waiting', icon: IconAlertTriangle },
  releasing: { tone: 'waiting', icon: IconLoader2, spin: true },
  isolation_failed: { tone: 'failed', icon: IconCircleX },
}

/** The tone of a status; an unknown one is idle. */
export function toneOf(status: string): Tone {
  return looks[status]?.tone ?? 'idle'
}

/** A status as icon and word. */
export function StatusText({ status }: { status: string }) {
  const { t } = useTranslation()
  const look: Look = looks[status] ?? { tone: 'idle', icon: IconCircle }
  const Icon = look.icon
  const key = (status in looks ? `common.status.${status}` : 'common.status.unknown') as ParseKeys
  return (
    <span className={`${css.status} ${css[look.tone]}`}>
      <Icon size={look.small ? 10 : 14} className={look.spin ? css.spin : undefined} aria-hidden />
      {t(key)}
    </span>
  )
}
