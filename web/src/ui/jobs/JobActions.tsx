import { Button } from '@mantine/core'
import { IconArrowBackUp, IconBan, IconDownload } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import type { BulkJob } from '../../api/models'
import { isOver } from '../../resources/bulk'
import { useJobActions } from './useJob'

/** The buttons that fit a job's state. */
export function JobActions({ job }: { job: BulkJob }) {
  const { t } = useTranslation()
  const { cancel, undo, download } = useJobActions(job)
  return (
    <>
      {isOver(job) ? null : (
        <Button
          size="compact-sm"
          variant="default"
          leftSection={<IconBan size={14} />}
          disabled={job.status === 'cancelling'}
          loading={cancel.isPending}
          onClick={() => cancel.mutate()}
        >
          {t('jobs.cancel')}
        </Button>
      )}
      {job.file?.available ? (
        <Button
          size="compact-sm"
          leftSection={<IconDownload size={14} />}
          loading={download.isPending}
          onClick={() => download.mutate()}
        >
          {t('jobs.download')}
        </Button>
      ) : null}
      {job.undoable ? (
        <Button
          size="compact-sm"
          variant="default"
          leftSection={<IconArrowBackUp size={14} />}
          loading={undo.isPending}
          onClick={() => undo.mutate()}
        >
          {t('jobs.undo')}
        </Button>
      ) : null}
    </>
  )
}
