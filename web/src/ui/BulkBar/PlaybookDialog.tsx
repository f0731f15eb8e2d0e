import { Select, Text } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { playbooksQuery } from '../../resources/playbooks'
import { FormDialog } from '../FormDialog'
import { InputField } from '../inputs/InputField'
import { collect, type Draft, firstValues } from '../inputs/inputs'
import { useRows } from '../useRows'
import type { BulkDialogProps } from './BulkDialog'
import { BulkPreview } from './BulkPreview'
import { askedInputs, type RowType } from './rowInput'
import { useStart } from './useStart'

/** Asks for a playbook and what it needs, and runs it for every row. */
export function PlaybookDialog({ action, selection, row, onStarted, onClose }: BulkDialogProps & { row: RowType }) {
  const { t } = useTranslation()
  const playbooks = useRows(useInfiniteQuery(playbooksQuery({ sort: 'name' })))
  const offered = playbooks.rows.filter((playbook) => playbook.enabled)
  const [id, setId] = useState('')
  const playbook = offered.find((each) => String(each.id) === id)
  const { asked, filled } = askedInputs(playbook, row)
  const [draft, setDraft] = useState<Draft>({})
  const [errors, setErrors] = useState<Record<string, string>>({})
  const { start, errorOf } = useStart(selection, action.action, onStarted)
  const choose = (next: string) => {
    setId(next)
    setDraft(
      firstValues(
        askedInputs(
          offered.find((each) => String(each.id) === next),
          row,
        ).asked,
      ),
    )
    setErrors({})
  }
  return (
    <FormDialog
      opened
      title={action.label}
      submit={t('jobs.form.start')}
      pending={start.isPending}
      error={start.error}
      onClose={onClose}
      onSubmit={(event) => {
        event.preventDefault()
        const { inputs, problems } = collect(asked, draft)
        const said: [string, string][] = Object.entries(problems).map(([name, { key, values }]) => [
          name,
          t(key, values),
        ])
        if (!playbook) said.push(['playbook_id', t('jobs.form.required')])
        setErrors(Object.fromEntries(said))
        if (said.length === 0)
          start.mutate({ playbook_id: Number(id), inputs, ...(filled ? { row_input: filled } : {}) })
      }}
    >
      <Select
        label={t('jobs.form.playbook')}
        withAsterisk
        searchable
        data-autofocus
        nothingFoundMessage={t('jobs.form.noPlaybook')}
        error={errors.playbook_id ?? errorOf('playbook_id')}
        data={offered.map((each) => ({ value: String(each.id), label: each.name }))}
        value={id || null}
        onChange={(next) => choose(next ?? '')}
      />
      {filled ? (
        <Text size="sm" c="dimmed">
          {t('jobs.form.perRow', { name: filled })}
        </Text>
      ) : null}
      {asked.map((spec) => (
        <InputField
          key={spec.name}
          spec={spec}
          first={false}
          value={draft[spec.name]}
          error={errors[spec.name] ?? errorOf(spec.name)}
          onChange={(value) => setDraft((before) => ({ ...before, [spec.name]: value }))}
        />
      ))}
      <BulkPreview selection={selection} />
    </FormDialog>
  )
}
