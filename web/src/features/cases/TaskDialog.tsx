import { ActionIcon, Button, Group, Modal, Select, Stack, Textarea, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { IconArrowDown, IconArrowUp, IconTrash } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { CaseTask, TaskBody } from '../../api/models'
import { useMay } from '../../app/me'
import { usePreferences } from '../../app/preferences'
import { deleteTask, updateTask } from '../../resources/cases'
import { keys } from '../../resources/keys'
import { ErrorAlert } from '../../ui/ErrorAlert'
import { showFieldErrors } from '../../ui/fieldErrors'
import { Markdown } from '../../ui/Markdown'
import { fieldOf, momentOf } from '../../ui/time'
import { useReturnFocus } from '../../ui/useReturnFocus'
import { useRefresh } from '../../ui/useRows'
import { placeAfterMove } from './taskOrder'
import { usePeople } from './useNames'

const statuses = ['open', 'in_progress', 'done', 'cancelled'] as const

interface TaskDialogProps {
  caseId: number
  task: CaseTask
  tasks: CaseTask[]
  onClose: () => void
}

/** One task with all there is to it. */
export function TaskDialog(props: TaskDialogProps) {
  useReturnFocus()
  const { t } = useTranslation()
  const work = useMay('cases:write')
  return (
    <Modal
      opened
      onClose={props.onClose}
      title={t('cases.tasks.one')}
      closeButtonProps={{ 'aria-label': t('common.actions.close') }}
    >
      {work ? (
        <TaskForm {...props} />
      ) : (
        <Stack gap="sm">
          <b>{props.task.title}</b>
          <Markdown text={props.task.description} />
        </Stack>
      )}
    </Modal>
  )
}

function useChange({ caseId, task, onClose }: TaskDialogProps) {
  const refresh = useRefresh()
  const after = (close: boolean) => async () => {
    await refresh(keys.cases)
    if (close) onClose()
  }
  const save = useMutation({
    mutationFn: (change: TaskBody) => updateTask(caseId, task.id, change),
    onSuccess: after(true),
  })
  const move = useMutation({
    mutationFn: (position: number) => updateTask(caseId, task.id, { position }),
    onSuccess: after(false),
  })
  const remove = useMutation({ mutationFn: () => deleteTask(caseId, task.id), onSuccess: after(true) })
  return { save, move, remove }
}

function TaskForm(props: TaskDialogProps) {
  const { task, onClose } = props
  const { t } = useTranslation()
  const { timeZone } = usePreferences()
  const { save, move, remove } = useChange(props)
  const form = useForm({
    initialValues: {
      title: task.title,
      description: task.description,
      status: task.status as string,
      assignee_id: task.assignee_id == null ? null : String(task.assignee_id),
      due_at: task.due_at ? fieldOf(task.due_at, timeZone) : '',
    },
    validate: { title: (value) => (value.trim() ? null : t('cases.tasks.titleRequired')) },
  })
  const submit = form.onSubmit(({ assignee_id, due_at, ...values }) => {
    const due = form.isDirty('due_at') ? { due_at: momentOf(due_at, timeZone) } : {}
    const change = { ...values, assignee_id: assignee_id === null ? null : Number(assignee_id), ...due } as TaskBody
    save.mutate(change, { onError: (error) => showFieldErrors(error, form.setFieldError) })
  })
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="md">
        <TextInput label={t('cases.tasks.what')} maxLength={300} data-autofocus {...form.getInputProps('title')} />
        <Textarea
          label={t('cases.description')}
          autosize
          minRows={2}
          maxRows={10}
          {...form.getInputProps('description')}
        />
        <Group grow align="flex-start">
          <Select
            label={t('cases.column.status')}
            allowDeselect={false}
            data={statuses.map((status) => ({ value: status, label: t(`cases.tasks.status.${status}`) }))}
            {...form.getInputProps('status')}
          />
          <AssigneeField
            value={form.values.assignee_id}
            error={form.errors.assignee_id}
            onChange={(id) => form.setFieldValue('assignee_id', id)}
          />
        </Group>
        <TextInput type="datetime-local" label={t('cases.tasks.dueAt')} {...form.getInputProps('due_at')} />
        <ErrorAlert error={save.error ?? move.error ?? remove.error} />
        <Group justify="space-between" gap="sm">
          <Group gap={4}>
            <Move {...props} by={-1} onMove={move.mutate} />
            <Move {...props} by={1} onMove={move.mutate} />
            <ActionIcon
              size={31}
              variant="default"
              c="var(--vc-failed)"
              loading={remove.isPending}
              onClick={() => remove.mutate()}
              aria-label={t('cases.tasks.delete')}
              title={t('cases.tasks.delete')}
            >
              <IconTrash size={15} />
            </ActionIcon>
          </Group>
          <Group gap="sm">
            <Button variant="default" onClick={onClose}>
              {t('common.actions.cancel')}
            </Button>
            <Button type="submit" loading={save.isPending}>
              {t('common.actions.save')}
            </Button>
          </Group>
        </Group>
      </Stack>
    </form>
  )
}

/** One place up or down among the tasks that are like it. */
function Move({ task, tasks, by, onMove }: TaskDialogProps & { by: -1 | 1; onMove: (position: number) => void }) {
  const { t } = useTranslation()
  const place = placeAfterMove(tasks, task, by)
  const label = t(by < 0 ? 'cases.tasks.up' : 'cases.tasks.down')
  const Icon = by < 0 ? IconArrowUp : IconArrowDown
  return (
    <ActionIcon
      size={31}
      variant="default"
      disabled={place === null}
      onClick={() => place !== null && onMove(place)}
      aria-label={label}
      title={label}
    >
      <Icon size={15} />
    </ActionIcon>
  )
}

interface AssigneeFieldProps {
  value: string | null
  error: ReactNode
  onChange: (value: string | null) => void
}

function AssigneeField({ value, error, onChange }: AssigneeFieldProps) {
  const { t } = useTranslation()
  const { people, nameOf } = usePeople()
  const ids = new Set([...people.map((user) => user.id), ...(value === null ? [] : [Number(value)])])
  return (
    <Select
      label={t('cases.column.assignee')}
      placeholder={t('cases.unassigned')}
      clearable
      searchable={ids.size > 8}
      clearButtonProps={{ 'aria-label': t('common.actions.remove') }}
      data={[...ids].map((id) => ({ value: String(id), label: nameOf(id) }))}
      value={value}
      error={error}
      onChange={onChange}
    />
  )
}
