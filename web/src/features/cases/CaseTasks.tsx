import { Checkbox, TextInput } from '@mantine/core'
import { IconChecklist } from '@tabler/icons-react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { lazy, Suspense, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { CaseTask, TaskBody } from '../../api/models'
import { useMay } from '../../app/me'
import { addTask, tasksQuery, updateTask } from '../../resources/cases'
import { keys } from '../../resources/keys'
import { useErrorText } from '../../ui/errors'
import { Panel } from '../../ui/Page'
import { EmptyState, ErrorState, LoadingLines } from '../../ui/States'
import { TimeAgo } from '../../ui/TimeAgo'
import { useNow } from '../../ui/time'
import { toastFailed } from '../../ui/toast'
import { useRefresh } from '../../ui/useRows'
import css from './Cases.module.css'
import { inOrder, isLate, isOver } from './taskOrder'
import { usePeople } from './useNames'

const TaskDialog = lazy(async () => ({ default: (await import('./TaskDialog')).TaskDialog }))

/** What is to be done in a case, and a line that adds to it. */
export function CaseTasks({ caseId }: { caseId: number }) {
  const { t } = useTranslation()
  const work = useMay('cases:write')
  const query = useQuery(tasksQuery(caseId))
  const [open, setOpen] = useState<number | null>(null)
  const tasks = inOrder(query.data ?? [])
  const shown = tasks.find((task) => task.id === open)
  const left = tasks.filter((task) => !isOver(task)).length
  return (
    <Panel
      title={t('cases.tasks.title')}
      actions={tasks.length > 0 ? <span className={css.muted}>{t('cases.tasks.left', { count: left })}</span> : null}
    >
      {query.isPending ? <LoadingLines lines={2} /> : null}
      {query.error && !query.data ? <ErrorState error={query.error} retry={() => void query.refetch()} /> : null}
      {query.data?.length === 0 ? <EmptyState compact icon={IconChecklist} title={t('cases.tasks.empty')} /> : null}
      <ul className={css.tasks} aria-label={t('cases.tasks.title')}>
        {tasks.map((task) => (
          <TaskLine key={task.id} caseId={caseId} task={task} onOpen={() => setOpen(task.id)} />
        ))}
      </ul>
      {work ? <AddTask caseId={caseId} /> : null}
      <Suspense>
        {shown ? <TaskDialog caseId={caseId} task={shown} tasks={tasks} onClose={() => setOpen(null)} /> : null}
      </Suspense>
    </Panel>
  )
}

interface TaskLineProps {
  caseId: number
  task: CaseTask
  onOpen: () => void
}

function TaskLine({ caseId, task, onOpen }: TaskLineProps) {
  const { t } = useTranslation()
  const { nameOf } = usePeople()
  const work = useMay('cases:write')
  const late = isLate(task, useNow())
  const tick = useTick(caseId, task)
  const over = isOver(task)
  return (
    <li className={css.task}>
      <Checkbox
        size="xs"
        checked={task.status === 'done'}
        indeterminate={task.status === 'cancelled'}
        disabled={!work}
        onChange={(event) => tick.mutate({ status: event.target.checked ? 'done' : 'open' })}
        aria-label={t('cases.tasks.tick', { title: task.title })}
      />
      <div className={css.taskText}>
        <button type="button" className={over ? `${css.taskTitle} ${css.over}` : css.taskTitle} onClick={onOpen}>
          {task.title}
        </button>
        <span className={css.taskFacts}>
          {task.status === 'in_progress' || task.status === 'cancelled' ? (
            <span>{t(`cases.tasks.status.${task.status}`)}</span>
          ) : null}
          {task.assignee_id != null ? <span>{nameOf(task.assignee_id)}</span> : null}
          {task.due_at && !over ? (
            <span className={late ? css.late : undefined}>
              {t(late ? 'cases.tasks.late' : 'cases.tasks.due')} <TimeAgo at={task.due_at} />
            </span>
          ) : null}
        </span>
      </div>
    </li>
  )
}

/** Ticks a task at once, and takes the tick back when the server refuses. */
function useTick(caseId: number, task: CaseTask) {
  const client = useQueryClient()
  const refresh = useRefresh()
  const text = useErrorText()
  const { queryKey } = tasksQuery(caseId)
  return useMutation({
    mutationFn: (change: TaskBody) => updateTask(caseId, task.id, change),
    onMutate: async (change) => {
      await client.cancelQueries({ queryKey })
      const before = client.getQueryData<CaseTask[]>(queryKey)
      client.setQueryData<CaseTask[]>(queryKey, (rows) =>
        rows?.map((row) => (row.id === task.id ? ({ ...row, ...change } as CaseTask) : row)),
      )
      return { before }
    },
    onError: (error, _change, context) => {
      client.setQueryData(queryKey, context?.before)
      toastFailed(text(error))
    },
    onSettled: () => refresh(keys.cases),
  })
}

function AddTask({ caseId }: { caseId: number }) {
  const { t } = useTranslation()
  const refresh = useRefresh()
  const text = useErrorText()
  const [title, setTitle] = useState('')
  const add = useMutation({
    mutationFn: () => addTask(caseId, { title: title.trim() }),
    onSuccess: () => {
      setTitle('')
      return refresh(keys.cases)
    },
  })
  return (
    <form
      className={css.addTask}
      onSubmit={(event) => {
        event.preventDefault()
        if (title.trim() && !add.isPending) add.mutate()
      }}
    >
      <TextInput
        aria-label={t('cases.tasks.add')}
        placeholder={t('cases.tasks.add')}
        maxLength={300}
        value={title}
        error={add.error ? text(add.error) : undefined}
        onChange={(event) => setTitle(event.target.value)}
      />
    </form>
  )
}
