import { ActionIcon } from '@mantine/core'
import { IconTrash } from '@tabler/icons-react'
import type { ParseKeys } from 'i18next'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import type { Artifact } from '../../api/models'
import { usePaths } from '../../app/me'
import { CopyText } from '../../ui/CopyText'
import type { Column } from '../../ui/DataGrid/columns'
import { TimeAgo } from '../../ui/TimeAgo'

/** The columns of the list of indicators; the last one deletes, for those who may. */
export function useIndicatorColumns(onDelete: ((row: Artifact) => void) | undefined): Column<Artifact>[] {
  const { t } = useTranslation()
  const paths = usePaths()
  return useMemo(() => {
    const columns: Column<Artifact>[] = [
      {
        key: 'type',
        header: t('cases.artifacts.type'),
        track: '96px',
        sort: 'artifact_type',
        cell: (row) => t(`cases.artifacts.types.${row.artifact_type}` as ParseKeys) as string,
      },
      {
        key: 'value',
        header: t('cases.artifacts.value'),
        track: 'minmax(120px, 2.4fr)',
        sort: 'value',
        fixed: true,
        cell: (row) => <CopyText value={row.value} />,
      },
      {
        key: 'note',
        header: t('cases.artifacts.note'),
        track: 'minmax(100px, 1.6fr)',
        from: 'md',
        cell: (row) => row.description,
      },
      {
        key: 'case',
        header: t('cases.indicators.case'),
        track: '64px',
        cell: (row) => (row.case_id ? <Link to={paths.case(row.case_id)}>{`#${row.case_id}`}</Link> : null),
      },
      {
        key: 'created',
        header: t('cases.indicators.created'),
        track: '96px',
        from: 'md',
        sort: 'created_at',
        cell: (row) => <TimeAgo at={row.created_at} />,
      },
    ]
    if (!onDelete) return columns
    const remove: Column<Artifact> = {
      key: 'delete',
      header: '',
      track: '32px',
      from: 'sm',
      cell: (row) => (
        <ActionIcon onClick={() => onDelete(row)} aria-label={t('cases.artifacts.remove', { value: row.value })}>
          <IconTrash size={15} />
        </ActionIcon>
      ),
    }
    return [...columns, remove]
  }, [t, paths, onDelete])
}
