import '../../i18n/playbooks'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import type { Playbook } from '../../api/models'
import { usePaths } from '../../app/me'
import type { Column } from '../../ui/DataGrid/columns'
import { StatusText } from '../../ui/StatusText'
import { TimeAgo } from '../../ui/TimeAgo'
import { EnabledSwitch } from './EnabledSwitch'
import { TriggerText } from './TriggerText'

/** The columns of the list of playbooks. */
export function usePlaybookColumns(): Column<Playbook>[] {
  const { t } = useTranslation()
  const paths = usePaths()
  return useMemo(
    () => [
      {
        key: 'name',
        header: t('playbooks.column.name'),
        track: 'minmax(130px, 2.4fr)',
        sort: 'name',
        fixed: true,
        cell: (row) => (
          <Link to={paths.playbook(row.id)} title={row.description}>
            {row.name}
          </Link>
        ),
      },
      {
        key: 'trigger',
        header: t('playbooks.column.trigger'),
        track: 'minmax(110px, 1.6fr)',
        from: 'sm',
        cell: (row) => <TriggerText playbook={row} />,
      },
      {
        key: 'lastRun',
        header: t('playbooks.column.lastRun'),
        track: 'minmax(120px, 1.2fr)',
        from: 'md',
        cell: (row) => <LastRun run={row.last_execution} />,
      },
      {
        key: 'version',
        header: t('playbooks.column.version'),
        track: '72px',
        from: 'lg',
        cell: (row) => `v${row.version}`,
      },
      {
        key: 'enabled',
        header: t('playbooks.column.enabled'),
        track: '72px',
        fixed: true,
        cell: (row) => <EnabledSwitch playbook={row} />,
      },
    ],
    [t, paths],
  )
}

function LastRun({ run }: { run: Playbook['last_execution'] | null }) {
  const { t } = useTranslation()
  const paths = usePaths()
  if (!run) return <span style={{ color: 'var(--vc-muted)' }}>{t('playbooks.neverRan')}</span>
  return (
    <span style={{ display: 'inline-flex', gap: 10 }}>
      <Link to={paths.run(run.id)} style={{ textDecoration: 'none' }}>
        <StatusText status={run.status} />
      </Link>
      <TimeAgo at={run.created_at} />
    </span>
  )
}
