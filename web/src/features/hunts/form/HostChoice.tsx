import { Button, Group, Pill, Select, Stack, Text } from '@mantine/core'
import { useMutation, useQueries, useQuery, useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import type { SavedView } from '../../../api/models'
import { everyHost, hostQuery } from '../../../resources/hosts'
import { viewsQuery } from '../../../resources/views'
import { useErrorText } from '../../../ui/errors'
import { RowPicker } from '../../../ui/RowPicker'
import { toastFailed } from '../../../ui/toast'
import { filterOf } from '../../hosts/filters'
import type { HuntDraft } from './draft'

type Hosts = HuntDraft['hosts']

/** So many are named; more are counted. */
const named = 40

interface HostChoiceProps {
  value: Hosts
  onChange: (value: Hosts) => void
  error?: string
}

/** The hosts a hunt is for, one by one, or all that a saved view shows. */
export function HostChoice({ value, onChange, error }: HostChoiceProps) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const text = useErrorText()
  const add = (more: Hosts) => onChange([...new Map([...value, ...more].map((host) => [host.id, host])).values()])
  const pick = useMutation({
    mutationFn: (id: number) => client.fetchQuery(hostQuery(id)),
    onSuccess: (host) => add([{ id: host.id, name: host.hostname }]),
    onError: (failure) => toastFailed(text(failure)),
  })
  return (
    <Stack gap="sm" w="100%">
      <Group gap="md" align="start">
        <div style={{ flex: '0 1 320px' }}>
          <RowPicker
            kind="host"
            label={t('hunts.form.addHost')}
            value=""
            error={error}
            onChange={(id) => id && pick.mutate(Number(id))}
          />
        </div>
        <ViewField onFound={add} />
      </Group>
      <Names hosts={value} onChange={onChange} />
    </Stack>
  )
}

/** Takes every host that a saved view of the hosts shows. */
function ViewField({ onFound }: { onFound: (hosts: Hosts) => void }) {
  const { t } = useTranslation()
  const text = useErrorText()
  const views = useQuery(viewsQuery('hosts')).data ?? []
  const take = useMutation({
    mutationFn: (view: SavedView) => everyHost(filterOf(new URLSearchParams(view.query))),
    onSuccess: (hosts) => onFound(hosts.map(({ id, hostname }) => ({ id, name: hostname }))),
    onError: (failure) => toastFailed(text(failure)),
  })
  if (views.length === 0) return null
  return (
    <Select
      w={220}
      label={t('hunts.form.addView')}
      placeholder={t('hunts.form.chooseView')}
      disabled={take.isPending}
      data={views.map((view) => ({ value: String(view.id), label: view.name }))}
      value={null}
      onChange={(id) => {
        const view = views.find((each) => String(each.id) === id)
        if (view) take.mutate(view)
      }}
    />
  )
}

function Names({ hosts, onChange }: { hosts: Hosts; onChange: (hosts: Hosts) => void }) {
  const { t } = useTranslation()
  const shown = hosts.slice(0, named)
  // Hosts that an address named by their ids only.
  const rows = useQueries({
    queries: shown.map((host) => ({ ...hostQuery(host.id), enabled: host.name.startsWith('#') })),
  })
  if (hosts.length === 0) return null
  return (
    <>
      <Group gap={4} role="group" aria-label={t('hunts.form.chosenHosts')}>
        {shown.map((host, index) => {
          const name = rows[index]?.data?.hostname ?? host.name
          return (
            <Pill
              key={host.id}
              size="md"
              withRemoveButton
              removeButtonProps={{
                'aria-label': t('hunts.form.removeHost', { name }),
                'aria-hidden': undefined,
                tabIndex: 0,
              }}
              onRemove={() => onChange(hosts.filter(({ id }) => id !== host.id))}
            >
              {name}
            </Pill>
          )
        })}
        {hosts.length > named ? (
          <Text size="sm" c="dimmed">
            {t('hunts.form.moreHosts', { count: hosts.length - named })}
          </Text>
        ) : null}
      </Group>
      <div>
        <Button size="compact-sm" variant="subtle" onClick={() => onChange([])}>
          {t('hunts.form.noHosts')}
        </Button>
      </div>
    </>
  )
}
