import { Button, Group, Modal, Select, Stack, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { useMe } from '../../app/me'
import { createApiKey, permissionsQuery } from '../../resources/account'
import { keys } from '../../resources/keys'
import { ErrorAlert } from '../../ui/ErrorAlert'
import { showFieldErrors } from '../../ui/fieldErrors'
import { useReturnFocus } from '../../ui/useReturnFocus'
import { useRefresh } from '../../ui/useRows'
import { ScopeFields } from './ScopeFields'
import { ShownKey } from './ShownKey'
import { scopeGroups } from './scopes'

const expiries = [7, 30, 90, 180, 365]

/** Makes a key; what it is is shown this once. */
export function NewKeyDialog({ onClose }: { onClose: () => void }) {
  useReturnFocus()
  const { t } = useTranslation()
  const create = useCreate()
  const made = create.data
  return (
    <Modal
      opened
      size="lg"
      onClose={onClose}
      // Nobody should lose a key by a click beside the dialog.
      closeOnClickOutside={!made}
      closeOnEscape={!made}
      withCloseButton={!made}
      title={made ? t('account.keys.shownTitle') : t('account.keys.create')}
      closeButtonProps={{ 'aria-label': t('common.actions.close') }}
    >
      {made ? (
        <ShownKey secret={made.key} onClose={onClose} />
      ) : (
        <KeyForm pending={create.isPending} error={create.error} onSubmit={create.mutate} onClose={onClose} />
      )}
    </Modal>
  )
}

function useCreate() {
  const refresh = useRefresh()
  return useMutation({ mutationFn: createApiKey, onSuccess: () => void refresh(keys.apiKeys) })
}

interface KeyFormProps {
  pending: boolean
  error: unknown
  onSubmit: ReturnType<typeof useCreate>['mutate']
  onClose: () => void
}

function KeyForm({ pending, error, onSubmit, onClose }: KeyFormProps) {
  const { t } = useTranslation()
  const me = useMe()
  const grants = useQuery(permissionsQuery)
  const groups = scopeGroups(grants.data ?? [], me.permissions ?? [])
  const form = useForm({
    initialValues: { name: '', scopes: [] as string[], days: '90' },
    validate: {
      name: (value) => (value.trim() ? null : t('account.keys.nameRequired')),
      scopes: (value) => (value.length > 0 ? null : t('account.keys.scopesRequired')),
    },
  })
  const submit = form.onSubmit(({ name, scopes, days }) =>
    onSubmit(
      { name: name.trim(), scopes, expires_in_days: Number(days) },
      { onError: (refusal) => showFieldErrors(refusal, form.setFieldError, { expires_in_days: 'days' }) },
    ),
  )
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="md">
        <TextInput
          label={t('account.keys.name')}
          description={t('account.keys.nameHint')}
          data-autofocus
          maxLength={100}
          {...form.getInputProps('name')}
        />
        <ScopeFields
          groups={groups}
          value={form.values.scopes}
          error={form.errors.scopes}
          onChange={(scopes) => form.setFieldValue('scopes', scopes)}
        />
        <Select
          label={t('account.keys.expiry')}
          allowDeselect={false}
          w={180}
          data={expiries.map((count) => ({ value: String(count), label: t('account.keys.days', { count }) }))}
          {...form.getInputProps('days')}
        />
        <ErrorAlert error={grants.error ?? error} />
        <Group justify="flex-end" gap="sm">
          <Button variant="default" onClick={onClose}>
            {t('common.actions.cancel')}
          </Button>
          <Button type="submit" loading={pending}>
            {t('account.keys.submit')}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
