import { Button, Group, Modal, Stack, Textarea, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Callbacks, CallbacksWish } from '../../api/models'
import { Problem } from '../../api/problem'
import { keys } from '../../resources/keys'
import { installCallbacks } from '../../resources/velociraptor'
import { ErrorAlert } from '../../ui/ErrorAlert'
import { toastDone } from '../../ui/toast'
import { useReturnFocus } from '../../ui/useReturnFocus'
import { useRefresh } from '../../ui/useRows'
import { CheckList } from './CheckList'
import css from './Connection.module.css'
import { ManualSteps } from './ManualSteps'

interface InstallDialogProps {
  row: Callbacks
  onClose: () => void
}

/** Has the server call us: its artifact is written, run and checked, or a person is told the steps. */
export function InstallDialog({ row, onClose }: InstallDialogProps) {
  useReturnFocus()
  const { t } = useTranslation()
  const refresh = useRefresh()
  const [wish, setWish] = useState({ base_url: row.base_url, root_ca: '' })
  const install = useMutation({
    mutationFn: installCallbacks,
    onSuccess: (made) => {
      if (made.installed) toastDone(t('connection.callbacks.done'))
      return refresh(keys.connection)
    },
  })
  const made = install.data
  return (
    <Modal
      opened
      size="lg"
      onClose={onClose}
      // The key of the steps is told once: a click beside the dialog must not lose it.
      closeOnClickOutside={!made?.manual}
      title={t('connection.callbacks.installTitle')}
      closeButtonProps={{ 'aria-label': t('common.actions.close') }}
    >
      <Stack gap="md">
        {made ? null : (
          <WishFields wish={wish} renew={row.status !== 'none'} error={install.error} onChange={setWish} />
        )}
        {made || install.isPending ? (
          <CheckList
            report={made ?? null}
            busy={install.isPending}
            expected={['key', 'artifact', 'monitoring', 'call']}
          />
        ) : null}
        {made?.manual ? <ManualSteps manual={made.manual} /> : null}
        <ErrorAlert error={install.error} />
        {made ? (
          <Group justify="flex-end">
            <Button onClick={onClose}>{t('connection.callbacks.close')}</Button>
          </Group>
        ) : (
          <Group justify="flex-end" gap="sm">
            <Button
              variant="default"
              disabled={install.isPending}
              onClick={() => install.mutate({ ...sent(wish), manual: true })}
            >
              {t('connection.callbacks.manual')}
            </Button>
            <Button data-autofocus loading={install.isPending} onClick={() => install.mutate(sent(wish))}>
              {t('connection.callbacks.install')}
            </Button>
          </Group>
        )}
      </Stack>
    </Modal>
  )
}

type Wish = Required<Pick<CallbacksWish, 'base_url' | 'root_ca'>>

/** What is empty is left to the server. */
const sent = ({ base_url, root_ca }: Wish): CallbacksWish => ({
  ...(base_url.trim() ? { base_url: base_url.trim() } : {}),
  ...(root_ca.trim() ? { root_ca: root_ca.trim() } : {}),
})

interface WishFieldsProps {
  wish: Wish
  /** Callbacks are there: a new key takes the place of theirs. */
  renew: boolean
  error: unknown
  onChange: (wish: Wish) => void
}

function WishFields({ wish, renew, error, onChange }: WishFieldsProps) {
  const { t } = useTranslation()
  const errorOf = (name: string) => (error instanceof Problem ? error.field(name) : undefined)
  return (
    <>
      <p className={css.muted}>{t(renew ? 'connection.callbacks.renewHint' : 'connection.callbacks.installHint')}</p>
      <TextInput
        label={t('connection.callbacks.baseUrl')}
        description={t('connection.callbacks.baseUrlHint')}
        placeholder={window.location.origin}
        spellCheck={false}
        maxLength={500}
        error={errorOf('base_url')}
        value={wish.base_url}
        onChange={(event) => onChange({ ...wish, base_url: event.target.value })}
      />
      <Textarea
        label={t('connection.callbacks.rootCa')}
        description={t('connection.callbacks.rootCaHint')}
        placeholder="-----BEGIN CERTIFICATE-----"
        autosize
        minRows={2}
        maxRows={8}
        spellCheck={false}
        error={errorOf('root_ca')}
        value={wish.root_ca}
        onChange={(event) => onChange({ ...wish, root_ca: event.target.value })}
      />
    </>
  )
}
