import { IconChevronDown, IconChevronRight, IconCircleDashed, IconLock } from '@tabler/icons-react'
import type { TFunction } from 'i18next'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { AuditEntry } from '../../api/models'
import type { Column } from '../../ui/DataGrid/columns'
import { StatusText } from '../../ui/StatusText'
import { useTimeFormat } from '../../ui/time'
import css from './Audit.module.css'
import { ObjectLink } from './objects'

/** The columns of the audit log. */
export function useAuditColumns(expanded: number | null, onToggle: (line: AuditEntry) => void): Column<AuditEntry>[] {
  const { t } = useTranslation()
  return useMemo(() => columns(t, expanded, onToggle), [t, expanded, onToggle])
}

function columns(t: TFunction, expanded: number | null, onToggle: (line: AuditEntry) => void): Column<AuditEntry>[] {
  return [
    {
      key: 'open',
      header: '',
      track: '24px',
      fixed: true,
      cell: (line) => <Opener open={line.id === expanded} onToggle={() => onToggle(line)} />,
    },
    {
      key: 'time',
      header: t('audit.column.time'),
      track: 'minmax(112px, 128px)',
      fixed: true,
      cell: (line) => <LineTime at={line.created_at} />,
    },
    {
      key: 'actor',
      header: t('audit.column.actor'),
      track: 'minmax(80px, 1fr)',
      from: 'sm',
      cell: (line) => line.username || <i className={css.muted}>{t('audit.system')}</i>,
    },
    {
      key: 'action',
      header: t('audit.column.action'),
      track: 'minmax(80px, 1.3fr)',
      fixed: true,
      cell: (line) => (
        <span className="mono" title={line.action}>
          {line.action}
        </span>
      ),
    },
    {
      key: 'object',
      header: t('audit.column.object'),
      track: 'minmax(110px, 1.8fr)',
      from: 'md',
      cell: (line) => <ObjectLink entry={line} />,
    },
    {
      key: 'outcome',
      header: t('audit.column.outcome'),
      track: '84px',
      fixed: true,
      cell: (line) => <StatusText status={line.outcome} />,
    },
    {
      key: 'ip',
      header: t('audit.column.ip'),
      track: '124px',
      from: 'lg',
      cell: (line) => <span className="mono">{line.ip_address}</span>,
    },
    {
      key: 'seal',
      header: t('audit.column.seal'),
      track: '40px',
      from: 'lg',
      cell: (line) => <Seal sealed={line.sealed} />,
    },
  ]
}

/** Opens and closes a line; the keyboard does that from the list itself. */
function Opener({ open, onToggle }: { open: boolean; onToggle: () => void }) {
  const { t } = useTranslation()
  const Chevron = open ? IconChevronDown : IconChevronRight
  return (
    <button
      type="button"
      tabIndex={-1}
      className={css.opener}
      aria-expanded={open}
      aria-label={t('audit.column.open')}
      onClick={onToggle}
    >
      <Chevron size={15} aria-hidden />
    </button>
  )
}

/** The day and the time to the second; this year goes without saying. */
function LineTime({ at }: { at: string }) {
  const { exact, stamp } = useTimeFormat()
  return (
    <time dateTime={at} title={exact(at)}>
      {stamp(at)}
    </time>
  )
}

/** Whether a line is part of the chain by now. */
export function Seal({ sealed, words }: { sealed: boolean; words?: boolean }) {
  const { t } = useTranslation()
  const text = sealed ? t('audit.sealed') : t('audit.unsealed')
  const Icon = sealed ? IconLock : IconCircleDashed
  return (
    <span className={css.seal} title={text}>
      <Icon size={14} aria-hidden className={css.chevron} />
      {words ? text : <span className="visually-hidden">{text}</span>}
    </span>
  )
}
