import { Alert, Button, Group, Modal, Stack } from '@mantine/core'
import { IconDownload } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { ImportOutcome } from '../../api/models'
import { importArtifacts } from '../../resources/artifacts'
import { keys } from '../../resources/keys'
import { DropZone } from '../../ui/DropZone'
import { ErrorAlert } from '../../ui/ErrorAlert'
import { Heads, ScrollTable } from '../../ui/ScrollTable'
import { saveText } from '../../ui/saveText'
import { toastDone } from '../../ui/toast'
import { useReturnFocus } from '../../ui/useReturnFocus'
import { useRefresh } from '../../ui/useRows'
import css from './Indicators.module.css'

const template = `artifact_type,value,description,tlp,tags,expires_at
domain,evil.example,Seen in the phishing of Tuesday,amber,"phishing,finance",2027-12-31T00:00:00Z
ip,203.0.113.7,Command and control,red,c2,
`

/** Reads indicators from a CSV file: a rehearsal first, which tells line by line what is wrong. */
export function ImportDialog({ onClose }: { onClose: () => void }) {
  useReturnFocus()
  const { t } = useTranslation()
  const [file, setFile] = useState<File | null>(null)
  const rehearse = useMutation({ mutationFn: (chosen: File) => importArtifacts(chosen, true) })
  const choose = ([chosen]: File[]) => {
    if (!chosen) return
    setFile(chosen)
    rehearse.mutate(chosen)
  }
  return (
    <Modal
      opened
      size={720}
      onClose={onClose}
      title={t('indicators.import.title')}
      closeButtonProps={{ 'aria-label': t('common.actions.close') }}
    >
      <Stack gap="md">
        <p className={css.hint}>{t('indicators.import.hint')}</p>
        <Group gap="sm">
          <Button
            variant="subtle"
            size="compact-sm"
            leftSection={<IconDownload size={14} />}
            onClick={() => saveText('indicators-template.csv', template)}
          >
            {t('indicators.import.template')}
          </Button>
        </Group>
        <DropZone
          label={file ? file.name : t('indicators.import.drop')}
          accept=".csv,text/csv"
          busy={rehearse.isPending}
          onFiles={choose}
        />
        <ErrorAlert error={rehearse.error} />
        {file && rehearse.data ? (
          <Rehearsed key={rehearse.submittedAt} file={file} outcome={rehearse.data} onClose={onClose} />
        ) : null}
      </Stack>
    </Modal>
  )
}

interface RehearsedProps {
  file: File
  /** What the rehearsal found. */
  outcome: ImportOutcome
  onClose: () => void
}

function Rehearsed({ file, outcome, onClose }: RehearsedProps) {
  const { t } = useTranslation()
  const refresh = useRefresh()
  const run = useMutation({
    mutationFn: () => importArtifacts(file, false),
    onSuccess: ({ created, updated }) => {
      void refresh(keys.artifacts)
      toastDone(t('indicators.import.done', { created, updated }))
      onClose()
    },
  })
  const good = outcome.created + outcome.updated
  return (
    <>
      <p className={css.numbers} role="status">
        <span>{t('indicators.import.created', { count: outcome.created })}</span>
        <span>{t('indicators.import.updated', { count: outcome.updated })}</span>
        {outcome.unchanged > 0 ? <span>{t('indicators.import.unchanged', { count: outcome.unchanged })}</span> : null}
        <span>{t('indicators.import.rejected', { count: outcome.rejected })}</span>
      </p>
      {outcome.rejected > 0 ? <LineErrors outcome={outcome} /> : null}
      {outcome.ignored_columns.length > 0 ? (
        <p className={css.hint}>{t('indicators.import.ignored', { names: outcome.ignored_columns.join(', ') })}</p>
      ) : null}
      {good === 0 ? (
        <Alert color="orange" variant="light">
          {t('indicators.import.nothing')}
        </Alert>
      ) : null}
      <ErrorAlert error={run.error} />
      <Group justify="flex-end" gap="sm">
        <Button variant="default" onClick={onClose}>
          {t('common.actions.cancel')}
        </Button>
        <Button disabled={good === 0} loading={run.isPending} onClick={() => run.mutate()}>
          {t('indicators.import.run', { count: good })}
        </Button>
      </Group>
    </>
  )
}

function LineErrors({ outcome }: { outcome: ImportOutcome }) {
  const { t } = useTranslation()
  const errors = outcome.errors ?? []
  const rest = outcome.rejected - errors.length
  return (
    <ScrollTable
      label={t('indicators.import.errors')}
      head={<Heads names={[t('indicators.import.line'), t('indicators.made.why')]} />}
      foot={rest > 0 ? t('indicators.import.moreErrors', { count: rest }) : null}
    >
      {errors.map((error, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: one line can have several
        <tr key={index}>
          <td>{t('indicators.number', { count: error.line })}</td>
          <td>{error.message}</td>
        </tr>
      ))}
    </ScrollTable>
  )
}
