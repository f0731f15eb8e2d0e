import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { BulkSelection } from '../../api/models'
import { ConfirmModal } from '../ConfirmModal'
import { FormDialog } from '../FormDialog'
import type { BulkAction } from './actions'
import { BulkPreview, useBulkTotal } from './BulkPreview'
import { ParamField } from './ParamField'
import { PlaybookDialog } from './PlaybookDialog'
import { firstParams, missing, paramsOf } from './params'
import { useStart } from './useStart'

export interface BulkDialogProps {
  action: BulkAction
  selection: BulkSelection
  /** How many rows the list said are selected. */
  count: number
  onStarted: () => void
  onClose: () => void
}

/** Asks what an action needs, says which rows it will act on, and starts it. */
export function BulkDialog(props: BulkDialogProps) {
  if (props.action.danger) return <DangerDialog {...props} danger={props.action.danger} />
  if (props.action.playbook) return <PlaybookDialog {...props} row={props.action.playbook.row} />
  return <ParamsDialog {...props} />
}

function ParamsDialog({ action, selection, onStarted, onClose }: BulkDialogProps) {
  const { t } = useTranslation()
  const fields = action.fields ?? []
  const [draft, setDraft] = useState(() => firstParams(fields))
  const [lacking, setLacking] = useState<string[]>([])
  const { start, errorOf } = useStart(selection, action.action, onStarted)
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
        const none = missing(fields, draft)
        setLacking(none)
        if (none.length === 0) start.mutate(paramsOf(fields, draft))
      }}
    >
      {fields.map((field, index) => (
        <ParamField
          key={field.name}
          field={field}
          first={index === 0}
          value={draft[field.name] ?? ''}
          error={lacking.includes(field.name) ? t('jobs.form.required') : errorOf(field.name)}
          onChange={(value) => {
            setDraft((before) => ({ ...before, [field.name]: value }))
            setLacking((before) => before.filter((name) => name !== field.name))
          }}
        />
      ))}
      <BulkPreview selection={selection} />
    </FormDialog>
  )
}

function DangerDialog({ action, selection, count, danger, onStarted, onClose }: BulkDialogProps & { danger: string }) {
  const { t } = useTranslation()
  const { start } = useStart(selection, action.action, onStarted)
  const total = useBulkTotal(selection) ?? count
  const rows = t(`jobs.rows.${selection.resource}`, { count: total })
  return (
    <ConfirmModal
      opened
      title={`${action.label} · ${rows}`}
      consequence={`${t('jobs.preview.acts', { rows })} ${danger}`}
      confirm={action.confirm?.(total) ?? t('jobs.form.delete', { count: total })}
      reason={action.reason}
      typed={{ text: String(total), label: t('jobs.form.typeCount', { count: total }) }}
      pending={start.isPending}
      error={start.error}
      onConfirm={(reason) => start.mutate(action.reason ? { reason } : {})}
      onClose={onClose}
    />
  )
}
