import { Alert, Button, Group, Stack } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { ArtifactsMade, FoundValue } from '../../api/models'
import { useMay } from '../../app/me'
import { usePreferences } from '../../app/preferences'
import { createArtifacts } from '../../resources/artifacts'
import { keys } from '../../resources/keys'
import { ErrorAlert } from '../../ui/ErrorAlert'
import { RowPicker } from '../../ui/RowPicker'
import { EmptyState } from '../../ui/States'
import { toastDone } from '../../ui/toast'
import { useRefresh } from '../../ui/useRows'
import { choiceAtFirst, tally } from './choice'
import { DetailFields } from './DetailFields'
import { type Details, expiryOf, plain } from './details'
import { FoundTable } from './FoundTable'
import css from './Indicators.module.css'
import { Refused } from './Refused'

interface FoundFormProps {
  found: FoundValue[]
  /** There was more in the text than one preview holds. */
  truncated: boolean
  caseId?: number
  onBack: () => void
  onClose: () => void
}

/** What was found in a text: one takes out what is none, says how it may be shared, and keeps the rest. */
export function FoundForm({ found, truncated, caseId, onBack, onClose }: FoundFormProps) {
  const { t } = useTranslation()
  const [choice, setChoice] = useState(() => choiceAtFirst(found))
  const linkCases = useMay('cases:read')
  const form = useForm({ initialValues: { ...plain, caseId: caseId === undefined ? '' : String(caseId) } })
  const taken = found.filter((_, index) => choice.has(index))
  const keep = useKeep(taken, onClose)
  if (found.length === 0) return <NothingFound onBack={onBack} />
  if (keep.data && keep.data.rejected > 0) return <Refused made={keep.data} sent={taken} onClose={onClose} />
  return (
    <form onSubmit={form.onSubmit((values) => keep.mutate(values))} noValidate>
      <Stack gap="md">
        <Tally found={found} />
        {truncated ? (
          <Alert color="orange" variant="light">
            {t('indicators.paste.truncated')}
          </Alert>
        ) : null}
        <FoundTable found={found} choice={choice} onChoose={setChoice} />
        <DetailFields form={form} many />
        {linkCases && caseId === undefined ? (
          <RowPicker
            kind="case"
            label={t('indicators.form.case')}
            value={form.values.caseId}
            onChange={(id) => form.setFieldValue('caseId', id ?? '')}
          />
        ) : null}
        <ErrorAlert error={keep.error} />
        <Group justify="flex-end" gap="sm">
          <Button variant="default" onClick={onBack}>
            {t('indicators.paste.back')}
          </Button>
          <Button type="submit" loading={keep.isPending} disabled={taken.length === 0} data-autofocus>
            {t('indicators.paste.keep', { count: taken.length })}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}

function useKeep(taken: FoundValue[], onClose: () => void) {
  const { t } = useTranslation()
  const refresh = useRefresh()
  const { timeZone } = usePreferences()
  return useMutation({
    mutationFn: ({ caseId, ...details }: Details & { caseId: string }): Promise<ArtifactsMade> =>
      createArtifacts({
        items: taken.map(({ artifact_type, value }) => ({
          artifact_type,
          value,
          tlp: details.tlp,
          tags: details.tags,
          expires_at: expiryOf(details, timeZone),
        })),
        ...(caseId ? { case_id: Number(caseId) } : {}),
      }),
    onSuccess: (made) => {
      void refresh(keys.artifacts, keys.cases)
      toastDone(
        [
          t('indicators.made.created', { count: made.created }),
          t('indicators.made.existing', { count: made.existing }),
        ].join(' '),
      )
      if (made.rejected === 0) onClose()
    },
  })
}

function Tally({ found }: { found: FoundValue[] }) {
  const { t } = useTranslation()
  const { fresh, known, guarded } = tally(found)
  return (
    <p className={css.numbers} role="status">
      <span>{t('indicators.paste.fresh', { count: fresh })}</span>
      {known > 0 ? <span>{t('indicators.paste.known', { count: known })}</span> : null}
      {guarded > 0 ? <span>{t('indicators.paste.guarded', { count: guarded })}</span> : null}
    </p>
  )
}

function NothingFound({ onBack }: { onBack: () => void }) {
  const { t } = useTranslation()
  return (
    <EmptyState
      title={t('indicators.paste.nothing')}
      hint={t('indicators.paste.nothingHint')}
      action={
        <Button variant="default" onClick={onBack} data-autofocus>
          {t('indicators.paste.back')}
        </Button>
      }
    />
  )
}
