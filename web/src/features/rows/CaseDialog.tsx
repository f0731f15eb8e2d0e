import { SegmentedControl, Switch, Text, Textarea, TextInput } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useMay } from '../../app/me'
import { FormDialog } from '../../ui/FormDialog'
import { RowPicker } from '../../ui/RowPicker'
import { hostsOf, type Origin, type Row } from './rowText'
import { type Asked, usePutIntoCase } from './usePutIntoCase'

interface CaseDialogProps {
  from: Origin
  rows: Row[]
  /** The rows are in the case; perhaps their indicators are to follow. */
  onDone: (caseId: number, withIndicators: boolean) => void
  onClose: () => void
}

/** Puts rows into a case: their hosts become part of it, their values a comment. */
export function CaseDialog({ from, rows, onDone, onClose }: CaseDialogProps) {
  const { t } = useTranslation()
  const indicators = useMay('indicators:write')
  const [own, setOwn] = useState(false)
  const [asked, setAsked] = useState<Asked>({ caseId: '', title: from.title, note: '' })
  const [find, setFind] = useState(false)
  const [tried, setTried] = useState(false)
  const put = usePutIntoCase(from, rows, (id) => onDone(id, find))
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
