import { Button, Group, Stack, TagsInput } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { IsolationNever } from '../../api/models'
import { Problem } from '../../api/problem'
import { isolationRulesQuery, saveIsolationRules } from '../../resources/velociraptor'
import { ErrorAlert } from '../../ui/ErrorAlert'
import { Panel } from '../../ui/Page'
import { ErrorState, LoadingLines } from '../../ui/States'
import { toastDone } from '../../ui/toast'
import css from './Connection.module.css'
import { HostChips } from './HostChips'

/** Hosts that nobody isolates from here, whatever a playbook or a person in a hurry wants. */
export function NeverIsolatePanel() {
  const { t } = useTranslation()
  const query = useQuery(isolationRulesQuery)
  return (
    <Panel title={t('connection.never.title')}>
      {query.data ? (
        <RulesForm rules={query.data.never} />
      ) : query.error ? (
        <ErrorState error={query.error} retry={() => void query.refetch()} />
      ) : (
        <LoadingLines lines={4} />
      )}
    </Panel>
  )
}

function RulesForm({ rules }: { rules: IsolationNever }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const [draft, setDraft] = useState<Partial<IsolationNever>>({})
  const never = { ...rules, ...draft }
  const dirty = Object.keys(draft).length > 0
  const save = useMutation({
    mutationFn: () => saveIsolationRules(never),
    onSuccess: (after) => {
      client.setQueryData(isolationRulesQuery.queryKey, after)
      setDraft({})
      toastDone(t('connection.saved'))
    },
  })
  const words = (name: 'labels' | 'hostnames') => ({
    label: t(`connection.never.${name}`),
    description: t(`connection.never.${name}Hint`),
    placeholder: t('connection.never.type'),
    acceptValueOnBlur: true,
    error: save.error instanceof Problem ? save.error.field(name) : undefined,
    value: never[name] ?? [],
    onChange: (value: string[]) => setDraft({ ...draft, [name]: value }),
  })
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        save.mutate()
      }}
    >
      <Stack gap="sm">
        <p className={css.muted}>{t('connection.never.hint')}</p>
        <TagsInput {...words('labels')} />
        <TagsInput {...words('hostnames')} />
        <HostChips ids={never.host_ids ?? []} onChange={(host_ids) => setDraft({ ...draft, host_ids })} />
        <ErrorAlert error={save.error} />
        <Group justify="flex-end">
          <Button type="submit" size="compact-sm" disabled={!dirty} loading={save.isPending}>
            {t('common.actions.save')}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
