import { Alert, Button, CopyButton, Skeleton } from '@mantine/core'
import { IconAlertCircle, IconInbox, type TablerIcon } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Problem } from '../api/problem'
import { useErrorText } from './errors'
import css from './States.module.css'
import { useTimeFormat } from './time'

interface EmptyProps {
  title: string
  hint?: string
  icon?: TablerIcon
  /** The one next thing to do. */
  action?: ReactNode
  compact?: boolean
}

/** Says why there is nothing, and what to do about it. */
export function EmptyState({ title, hint, icon: Icon = IconInbox, action, compact }: EmptyProps) {
  return (
    <div className={compact ? `${css.state} ${css.compact}` : css.state}>
      <Icon size={compact ? 22 : 32} stroke={1.4} className={css.icon} aria-hidden />
      <p className={css.title}>{title}</p>
      {hint ? <p className={css.hint}>{hint}</p> : null}
      {action ? <div className={css.actions}>{action}</div> : null}
    </div>
  )
}

function RequestId({ error }: { error: unknown }) {
  const { t } = useTranslation()
  if (!(error instanceof Problem) || !error.requestId) return null
  return (
    <CopyButton value={error.requestId}>
      {({ copied, copy }) => (
        <Button variant="subtle" color="gray" size="compact-xs" onClick={copy} title={t('errors.copyRequestId')}>
          {copied ? t('common.actions.copied') : t('common.requestId', { id: error.requestId })}
        </Button>
      )}
    </CopyButton>
  )
}

/** Says what could not be loaded and offers to try again. */
export function ErrorState({ error, retry }: { error: unknown; retry?: () => void }) {
  const { t } = useTranslation()
  const text = useErrorText()
  return (
    <div className={css.state} role="alert">
      <IconAlertCircle size={32} stroke={1.4} className={css.icon} aria-hidden />
      <p className={css.title}>{t('errors.title')}</p>
      <p className={css.hint}>{text(error)}</p>
      <div className={css.actions}>
        {retry ? (
          <Button variant="default" onClick={retry}>
            {t('common.actions.retry')}
          </Button>
        ) : null}
      </div>
      <RequestId error={error} />
    </div>
  )
}

/** Above content that could not be brought up to date: what happened, and how old the content is. */
export function StaleNotice({ error, updatedAt, retry }: { error: unknown; updatedAt: number; retry: () => void }) {
  const { t } = useTranslation()
  const text = useErrorText()
  const { clock } = useTimeFormat()
  return (
    <Alert color="orange" variant="light" icon={<IconAlertCircle size={16} />} p="sm" role="status">
      {text(error)} {t('common.asOf', { time: clock(updatedAt) })}{' '}
      <Button variant="subtle" size="compact-xs" onClick={retry}>
        {t('common.actions.retry')}
      </Button>
    </Alert>
  )
}

/** Bars where lines of content will be. */
export function LoadingLines({ lines = 4 }: { lines?: number }) {
  return (
    <div className={css.late} aria-hidden>
      {Array.from({ length: lines }, (_, line) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the lines have no identity
        <Skeleton key={line} height={14} my={10} width={`${90 - ((line * 17) % 40)}%`} />
      ))}
    </div>
  )
}
