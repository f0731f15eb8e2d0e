import { ActionIcon, Button, CopyButton } from '@mantine/core'
import { IconCheck, IconCopy, IconExternalLink, IconPlayerStop, IconRepeat } from '@tabler/icons-react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import type { Execution } from '../../api/models'
import { useMay, usePaths } from '../../app/me'
import { keys } from '../../resources/keys'
import { cancelExecution, openTemporalSession } from '../../resources/playbooks'
import { ConfirmDialog } from '../../ui/ConfirmDialog'
import { useErrorText } from '../../ui/errors'
import { toastDone, toastFailed } from '../../ui/toast'
import { isFinal } from './status'

/** What can be done with a run. */
export function RunActions({ run }: { run: Execution }) {
  const { t } = useTranslation()
  const paths = usePaths()
  const work = useMay('executions:start')
  const temporal = useMay('temporal:view')
  return (
    <>
      {run.workflow_id ? <CopyWorkflow id={run.workflow_id} /> : null}
      {temporal && run.temporal_url ? <OpenTemporal url={run.temporal_url} /> : null}
      {work && !isFinal(run.status) ? <CancelRun run={run} /> : null}
      {work && isFinal(run.status) ? (
        <Button
          size="sm"
          variant="default"
          leftSection={<IconRepeat size={15} />}
          component={Link}
          to={`${paths.playbook(run.playbook_id)}?run=1`}
        >
          {t('runs.again')}
        </Button>
      ) : null}
    </>
  )
}

function CopyWorkflow({ id }: { id: string }) {
  const { t } = useTranslation()
  return (
    <CopyButton value={id}>
      {({ copied, copy }) => (
        <ActionIcon
          size="lg"
          onClick={copy}
          title={copied ? t('common.actions.copied') : t('runs.copyWorkflow')}
          aria-label={t('runs.copyWorkflow')}
        >
          {copied ? <IconCheck size={16} /> : <IconCopy size={16} />}
        </ActionIcon>
      )}
    </CopyButton>
  )
}

/** Opens the run in the Temporal Web UI, which takes a cookie of its own. */
function OpenTemporal({ url }: { url: string }) {
  const { t } = useTranslation()
  const text = useErrorText()
  const open = useMutation({
    // The tab opens on the click itself: after the answer a browser would take it for a pop-up.
    mutationFn: async (tab: Window | null) => {
      try {
        await openTemporalSession()
      } catch (error) {
        tab?.close()
        throw error
      }
      if (!tab) throw new Error(t('runs.popup'))
      tab.opener = null
      tab.location.href = new URL(url, window.location.href).href
    },
    onError: (error) => toastFailed(text(error)),
  })
  return (
    <Button
      size="sm"
      variant="default"
      leftSection={<IconExternalLink size={15} />}
      loading={open.isPending}
      onClick={() => open.mutate(window.open('about:blank', '_blank'))}
    >
      {t('runs.openTemporal')}
    </Button>
  )
}

function CancelRun({ run }: { run: Execution }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const [asking, setAsking] = useState(false)
  const cancel = useMutation({
    mutationFn: () => cancelExecution(run.id),
    onSuccess: () => {
      setAsking(false)
      toastDone(t('runs.cancel.asked'))
      void client.invalidateQueries({ queryKey: [keys.executions] })
    },
  })
  return (
    <>
      <Button
        size="sm"
        variant="default"
        c="var(--vc-failed)"
        leftSection={<IconPlayerStop size={15} />}
        onClick={() => setAsking(true)}
      >
        {t('runs.cancel.button')}
      </Button>
      <ConfirmDialog
        opened={asking}
        title={t('runs.cancel.title', { id: run.id })}
        consequence={t('runs.cancel.consequence')}
        confirm={t('runs.cancel.confirm')}
        pending={cancel.isPending}
        error={cancel.error}
        onConfirm={() => cancel.mutate()}
        onClose={() => setAsking(false)}
      />
    </>
  )
}
