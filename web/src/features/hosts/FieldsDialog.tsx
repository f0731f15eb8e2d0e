import { ActionIcon, Button, Group, Modal, Select, Stack, TagsInput, Text, TextInput } from '@mantine/core'
import { IconPencil, IconPlus, IconTrash } from '@tabler/icons-react'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { HostField, NewHostField } from '../../api/models'
import { Problem } from '../../api/problem'
import { createHostField, deleteHostField, hostFieldsQuery, updateHostField } from '../../resources/hosts'
import { keys } from '../../resources/keys'
import { ConfirmModal } from '../../ui/ConfirmModal'
import { ErrorAlert } from '../../ui/ErrorAlert'
import { EmptyState, ErrorState, LoadingLines } from '../../ui/States'
import { toastDone } from '../../ui/toast'
import { useReturnFocus } from '../../ui/useReturnFocus'
import { useRefresh } from '../../ui/useRows'
import css from './Hosts.module.css'
import { keyFrom } from './keyFrom'

/** The team's own fields of hosts: adds, renames and deletes them. */
export function FieldsDialog({ onClose }: { onClose: () => void }) {
  useReturnFocus()
  const { t } = useTranslation()
  const [editing, setEditing] = useState<HostField | 'new' | null>(null)
  return (
    <Modal
      opened
      size="lg"
      onClose={onClose}
      title={t('hostWork.fields.title')}
      closeButtonProps={{ 'aria-label': t('common.actions.close') }}
    >
      <Stack gap="md">
        <Text size="sm">{t('hostWork.fields.hint')}</Text>
        <FieldRows onEdit={setEditing} />
        {editing ? (
          <FieldForm
            key={editing === 'new' ? 'new' : editing.id}
            field={editing === 'new' ? undefined : editing}
            onClose={() => setEditing(null)}
          />
        ) : (
          <Button
            variant="default"
            size="sm"
            style={{ alignSelf: 'flex-start' }}
            leftSection={<IconPlus size={15} />}
            onClick={() => setEditing('new')}
          >
            {t('hostWork.fields.add')}
          </Button>
        )}
      </Stack>
    </Modal>
  )
}

function FieldRows({ onEdit }: { onEdit: (field: HostField) => void }) {
  const { t } = useTranslation()
  const refresh = useRefresh()
  const query = useQuery(hostFieldsQuery)
  const [removing, setRemoving] = useState<HostField | null>(null)
  const remove = useMutation({
    mutationFn: (field: HostField) => deleteHostField(field.id),
    onSuccess: (_answer, field) => {
      void refresh(keys.hostFields, keys.hosts)
      toastDone(t('hostWork.fields.removed', { name: field.label }))
      setRemoving(null)
    },
  })
  if (query.error && !query.data) return <ErrorState error={query.error} retry={() => void query.refetch()} />
  if (!query.data) return <LoadingLines lines={3} />
  if (query.data.length === 0) return <EmptyState compact title={t('hostWork.fields.none')} />
  return (
    <>
      <ul className={css.cases}>
        {query.data.map((field) => (
          <li key={field.id} className={css.choice}>
            <span className={css.choiceText} style={{ flex: 1 }}>
              <b>{field.label}</b>
              <span className={css.muted}>
                {[field.key, t(`hostWork.fields.types.${field.type}`), (field.options ?? []).join(', ')]
                  .filter(Boolean)
                  .join(' · ')}
              </span>
            </span>
            <ActionIcon aria-label={`${t('common.actions.edit')}: ${field.label}`} onClick={() => onEdit(field)}>
              <IconPencil size={15} />
            </ActionIcon>
            <ActionIcon
              aria-label={t('hostWork.fields.remove', { name: field.label })}
              onClick={() => setRemoving(field)}
            >
              <IconTrash size={15} />
            </ActionIcon>
          </li>
        ))}
      </ul>
      {removing ? (
        <ConfirmModal
          opened
          title={t('hostWork.fields.removeTitle', { name: removing.label })}
          consequence={t('hostWork.fields.removeConsequence')}
          confirm={t('hostWork.fields.removeConfirm')}
          pending={remove.isPending}
          error={remove.error}
          onConfirm={() => remove.mutate(removing)}
          onClose={() => setRemoving(null)}
        />
      ) : null}
    </>
  )
}

const types = ['text', 'number', 'boolean', 'date', 'select'] as const

function FieldForm({ field, onClose }: { field?: HostField; onClose: () => void }) {
  const { t } = useTranslation()
  const refresh = useRefresh()
  const [label, setLabel] = useState(field?.label ?? '')
  const [key, setKey] = useState<string | null>(field?.key ?? null)
  const [type, setType] = useState<HostField['type']>(field?.type ?? 'text')
  const [options, setOptions] = useState([...(field?.options ?? [])])
  const [tried, setTried] = useState(false)
  const name = key ?? keyFrom(label)
  const save = useMutation({
    mutationFn: () => {
      const choices = type === 'select' ? { options } : {}
      if (field) return updateHostField(field.id, { label: label.trim(), ...choices })
      return createHostField({ key: name, label: label.trim(), type, ...choices } as NewHostField)
    },
    onSuccess: (saved) => {
      void refresh(keys.hostFields, keys.hosts)
      toastDone(t('hostWork.fields.saved', { name: saved.label }))
      onClose()
    },
  })
  const refused = (part: string) => (save.error instanceof Problem ? save.error.field(part) : undefined)
  const lacking = (empty: boolean) => (tried && empty ? t('hostWork.fields.required') : undefined)
  const whole = label.trim() !== '' && name !== '' && (type !== 'select' || options.length > 0)
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        setTried(true)
        if (whole) save.mutate()
      }}
    >
      <Stack gap="sm">
        <TextInput
          label={t('hostWork.fields.label')}
          withAsterisk
          autoFocus
          maxLength={100}
          value={label}
          error={lacking(label.trim() === '') ?? refused('label')}
          onChange={(event) => setLabel(event.target.value)}
        />
        <TextInput
          label={t('hostWork.fields.key')}
          description={t('hostWork.fields.keyHint')}
          disabled={field !== undefined}
          maxLength={50}
          value={name}
          error={lacking(name === '') ?? refused('key')}
          onChange={(event) => setKey(event.target.value)}
        />
        <Select
          label={t('hostWork.fields.type')}
          allowDeselect={false}
          disabled={field !== undefined}
          value={type}
          data={types.map((value) => ({ value, label: t(`hostWork.fields.types.${value}`) }))}
          onChange={(next) => setType(next as HostField['type'])}
        />
        {type === 'select' ? (
          <TagsInput
            label={t('hostWork.fields.options')}
            placeholder={t('hostWork.fields.optionsHint')}
            withAsterisk
            acceptValueOnBlur
            value={options}
            error={lacking(options.length === 0) ?? refused('options')}
            onChange={setOptions}
          />
        ) : null}
        <ErrorAlert error={save.error} />
        <Group justify="flex-end" gap="sm">
          <Button variant="default" size="sm" onClick={onClose}>
            {t('common.actions.cancel')}
          </Button>
          <Button type="submit" size="sm" loading={save.isPending}>
            {t('hostWork.fields.save')}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
