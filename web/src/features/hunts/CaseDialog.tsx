import { SegmentedControl, Switch, Text, Textarea, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import type { Hunt, HuntRow } from '../../api/models'
import { useMay, usePaths } from '../../app/me'
import { addCaseHost, addComment, createCase } from '../../resources/cases'
import { keys } from '../../resources/keys'
import { FormDialog } from '../../ui/FormDialog'
import { RowPicker } from '../../ui/RowPicker'
import { toastDone } from '../../ui/toast'
import { useRefresh } from '../../ui/useRows'
import { commentOf, hostsOf } from './rowText'

/** The most a comment holds. */
const room = 20_000

interface CaseDialogProps {
  hunt: Hunt
  rows: HuntRow[]
  /** The rows are in the case; perhaps their indicators are to follow. */
  onDone: (caseId: number, withIndicators: boolean) => void
  onClose: () => void
}

interface Asked {
  /** Empty: a case of its own, with this title. */
  caseId: string
  title: string
  note: string
}

/** Puts rows of a hunt into a case: their hosts become part of it, their values a comment. */
export function CaseDialog({ hunt, rows, onDone, onClose }: CaseDialogProps) {
  const { t } = useTranslation()
  const indicators = useMay('indicators:write')
  const [own, setOwn] = useState(false)
  const [asked, setAsked] = useState<Asked>({ caseId: '', title: hunt.description, note: '' })
  const [find, setFind] = useState(false)
  const [tried, setTried] = useState(false)
  const put = usePut(hunt, rows, (id) => onDone(id, find))
  const set = (change: Partial<Asked>) => setAsked((before) => ({ ...before, ...change }))
  const lacks = own ? asked.title.trim() === '' : asked.caseId === ''
  return (
    <FormDialog
      opened
      title={t('hunts.toCase.title', { count: rows.length })}
      submit={t('hunts.toCase.submit')}
      pending={put.isPending}
      error={put.error}
      onClose={onClose}
      onSubmit={(event) => {
        event.preventDefault()
        setTried(true)
        if (!lacks) put.mutate(own ? { ...asked, caseId: '' } : asked)
      }}
    >
      <SegmentedControl
        size="xs"
        aria-label={t('hunts.toCase.which')}
        value={own ? 'own' : 'known'}
        onChange={(next) => setOwn(next === 'own')}
        data={[
          { value: 'known', label: t('hunts.toCase.known') },
          { value: 'own', label: t('hunts.toCase.own') },
        ]}
      />
      {own ? (
        <TextInput
          label={t('hunts.toCase.caseTitle')}
          withAsterisk
          maxLength={200}
          error={tried && lacks ? t('hunts.toCase.titleRequired') : undefined}
          value={asked.title}
          onChange={(event) => set({ title: event.target.value })}
        />
      ) : (
        <RowPicker
          kind="case"
          label={t('hunts.toCase.case')}
          withAsterisk
          error={tried && lacks ? t('hunts.toCase.caseRequired') : undefined}
          value={asked.caseId}
          onChange={(caseId) => set({ caseId: caseId ?? '' })}
        />
      )}
      <Textarea
        label={t('hunts.toCase.note')}
        autosize
        minRows={2}
        maxRows={8}
        maxLength={4000}
        value={asked.note}
        onChange={(event) => set({ note: event.target.value })}
      />
      {indicators ? (
        <Switch
          label={t('hunts.toCase.indicators')}
          checked={find}
          onChange={(event) => setFind(event.target.checked)}
        />
      ) : null}
      <Text size="sm">{t('hunts.toCase.consequence', { count: hostsOf(rows).length })}</Text>
    </FormDialog>
  )
}

function usePut(hunt: Hunt, rows: HuntRow[], onDone: (caseId: number) => void) {
  const { t } = useTranslation()
  const paths = usePaths()
  const refresh = useRefresh()
  // What went well is not done twice when the rest is tried again.
  const [made, setMade] = useState<number | null>(null)
  return useMutation({
    mutationFn: async ({ caseId, title, note }: Asked) => {
      const id = Number(caseId) || made || (await createCase({ title: title.trim(), severity: 'medium' })).id
      if (!caseId) setMade(id)
      for (const host of hostsOf(rows)) await addCaseHost(id, host)
      const address = `${window.location.origin}${paths.hunt(hunt.id)}`
      const head = t('hunts.toCase.head', { count: rows.length, id: hunt.id, address })
      await addComment(id, commentOf(rows, { head, note, rest: (count) => t('hunts.toCase.rest', { count }) }, room))
      return id
    },
    onSuccess: (id) => {
      void refresh(keys.cases, keys.dashboard)
      toastDone(<Link to={paths.case(id)}>{t('hunts.toCase.done', { count: rows.length, id })}</Link>)
      onDone(id)
    },
  })
}
