import { Button } from '@mantine/core'
import { IconPencil } from '@tabler/icons-react'
import { lazy, Suspense, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Host } from '../../api/models'
import { useMay } from '../../app/me'
import { Markdown } from '../../ui/Markdown'
import { Panel } from '../../ui/Page'
import { EmptyState, LoadingLines } from '../../ui/States'

const NotesEditor = lazy(async () => ({ default: (await import('./NotesEditor')).NotesEditor }))

/** What people wrote about a host, in Markdown. */
export function HostNotes({ host }: { host: Host }) {
  const { t } = useTranslation()
  const write = useMay('hosts:write')
  const [editing, setEditing] = useState(false)
  const edit = () => setEditing(true)
  return (
    <Panel
      title={t('hostWork.notes.title')}
      actions={
        write && host.notes && !editing ? (
          <Button size="compact-sm" variant="subtle" leftSection={<IconPencil size={14} />} onClick={edit}>
            {t('hostWork.notes.edit')}
          </Button>
        ) : null
      }
    >
      {editing ? (
        <Suspense fallback={<LoadingLines />}>
          <NotesEditor hostId={host.id} onClose={() => setEditing(false)} />
        </Suspense>
      ) : host.notes ? (
        <Markdown text={host.notes} />
      ) : (
        <EmptyState
          compact
          icon={IconPencil}
          title={t('hostWork.notes.none')}
          action={
            write ? (
              <Button size="compact-sm" variant="default" onClick={edit}>
                {t('hostWork.notes.add')}
              </Button>
            ) : undefined
          }
        />
      )}
    </Panel>
  )
}
