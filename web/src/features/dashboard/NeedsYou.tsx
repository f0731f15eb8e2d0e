import { IconBell, IconBriefcase, IconChevronRight, IconCircleX, type TablerIcon } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import type { Dashboard } from '../../api/models'
import { usePaths } from '../../app/me'
import css from './Dashboard.module.css'

/** What waits for this person, each one click away. */
export function NeedsYou({ needs }: { needs: Dashboard['needs_you'] }) {
  const { t } = useTranslation()
  const paths = usePaths()
  return (
    <section aria-label={t('dashboard.needsYou')} className={css.needs}>
      <Need
        icon={IconBell}
        count={needs.unread_notifications}
        text={t('dashboard.unread', { count: needs.unread_notifications })}
        to={`${paths.notifications}?read=false`}
      />
      <Need
        icon={IconBriefcase}
        count={needs.cases_assigned}
        text={t('dashboard.assigned', { count: needs.cases_assigned })}
        to={`${paths.cases}?mine=1`}
      />
      <Need
        icon={IconCircleX}
        tone="failed"
        count={needs.failed_executions_24h}
        text={t('dashboard.failed', { count: needs.failed_executions_24h })}
        to={`${paths.runs}?status=failed`}
      />
    </section>
  )
}

interface NeedProps {
  icon: TablerIcon
  count: number
  text: string
  to: string
  tone?: 'failed'
}

function Need({ icon: Icon, count, text, to, tone }: NeedProps) {
  const { i18n } = useTranslation()
  return (
    <Link to={to} className={css.need} data-urgent={count > 0 || undefined} data-tone={tone}>
      <Icon size={20} stroke={1.6} aria-hidden />
      <span className={css.needCount}>{new Intl.NumberFormat(i18n.language).format(count)}</span>
      <span className={css.needText}>{text}</span>
      <IconChevronRight size={16} aria-hidden />
    </Link>
  )
}
