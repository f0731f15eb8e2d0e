import { IconCircleFilled, IconLoader2, IconWifiOff } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { useLive } from '../live/state'
import { useTimeFormat } from '../ui/time'
import css from './Shell.module.css'

const icons = { live: IconCircleFilled, connecting: IconLoader2, reconnecting: IconLoader2, offline: IconWifiOff }

/** Whether what is on the screen moves by itself. */
export function LiveIndicator() {
  const { t } = useTranslation()
  const { status, since } = useLive()
  const { clock } = useTimeFormat()
  const Icon = icons[status]
  const word = status === 'offline' ? t('shell.live.offline', { time: clock(since) }) : t(`shell.live.${status}`)
  const hint = status === 'live' ? t('shell.live.liveHint') : t('shell.live.downHint')
  return (
    <span className={css.live} data-status={status} role="status" title={hint}>
      <Icon size={status === 'live' ? 9 : 14} aria-hidden />
      <span className={css.liveWord}>{word}</span>
    </span>
  )
}
