import { Button, Checkbox, Text, TextInput } from '@mantine/core'
import { IconTrash } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { SavedView } from '../../api/models'
import { Problem } from '../../api/problem'
import { keys } from '../../resources/keys'
import { createView, deleteView, saveView } from '../../resources/views'
import { FormDialog } from '../FormDialog'
import { toastDone } from '../toast'
import { useRefresh } from '../useRows'

interface ViewDialogProps {
  resource: SavedView['resource']
  /** What a new view keeps. */
  query: string
  /** The view to change; a new one without. */
  view?: SavedView
  onSaved: (view: SavedView) => void
  onClose: () => void
}

/** Saves what a list shows under a name, or renames, shares or deletes such a view. */
export function ViewDialog({ resource, query, view, onSaved, onClose }: ViewDialogProps) {
  const { t } = useTranslation()
  const refresh = useRefresh()
  const [name, setName] = useState(view?.name ?? '')
  const [shared, setShared] = useState(view?.shared ?? false)
  const [lacking, setLacking] = useState(false)
  const save = useMutation({
    mutationFn: () => {
      const body = { resource, name: name.trim(), shared, query: view?.query ?? query }
      return view ? saveView(view.id, body) : createView(body)
    },
    onSuccess: (saved) => {
      void refresh(keys.views)
      toastDone(t('views.saved', { name: saved.name }))
      onSaved(saved)
      onClose()
    },
  })
  const remove = useMutation({
    mutationFn: (id: number) => deleteView(id),
    onSuccess: () => {
      void refresh(keys.views)
      toastDone(t('views.removed', { name: view?.name }))
      onClose()
    },
  })
  const refused = save.error instanceof Problem ? save.error.field('name') : undefined
  return (
    <FormDialog
      opened
      title={t(view ? 'views.edit' : 'views.form.create')}
      submit={t(view ? 'views.form.save' : 'views.form.create')}
      pending={save.isPending}
      error={save.error ?? remove.error}
      onClose={onClose}
      onSubmit={(event) => {
        event.preventDefault()
        setLacking(name.trim() === '')
        if (name.trim() !== '') save.mutate()
      }}
    >
      <TextInput
        label={t('views.form.name')}
        maxLength={100}
        withAsterisk
        data-autofocus
        value={name}
        error={lacking ? t('views.form.nameRequired') : refused}
        onChange={(event) => {
          setName(event.target.value)
          setLacking(false)
        }}
      />
      <Checkbox label={t('views.form.share')} checked={shared} onChange={(event) => setShared(event.target.checked)} />
      <Text size="sm" c="dimmed">
        {t('views.form.keeps')}
      </Text>
      {view ? (
        <Button
          variant="subtle"
          color="red"
          size="compact-sm"
          style={{ alignSelf: 'flex-start' }}
          leftSection={<IconTrash size={14} />}
          loading={remove.isPending}
          onClick={() => remove.mutate(view.id)}
        >
          {t('views.form.delete')}
        </Button>
      ) : null}
    </FormDialog>
  )
}
