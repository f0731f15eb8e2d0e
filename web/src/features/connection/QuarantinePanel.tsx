import { Button, Group, Stack, TextInput } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Connection } from '../../api/models'
import { ErrorAlert } from '../../ui/ErrorAlert'
import { Panel } from '../../ui/Page'
import css from './Connection.module.css'
import { systems } from './state'
import { useSaved } from './useSaved'

type Names = Record<(typeof systems)[number], string>

const namesOf = ({ quarantine }: Connection): Names => ({
  windows: quarantine?.windows ?? '',
  linux: quarantine?.linux ?? '',
  darwin: quarantine?.darwin ?? '',
})

/** Which artifact cuts an endpoint off its network, for each system. */
export function QuarantinePanel({ row }: { row: Connection }) {
  const { t } = useTranslation()
  const before = namesOf(row)
  const [draft, setDraft] = useState<Partial<Names>>({})
  const names = { ...before, ...draft }
  const dirty = systems.some((system) => names[system] !== before[system])
  const { save, errorOf } = useSaved(() => setDraft({}))
  return (
    <Panel title={t('connection.quarantine.title')}>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault()
          save.mutate({ quarantine: names })
        }}
      >
        <Stack gap="sm">
          <p className={css.muted}>{t('connection.quarantine.hint')}</p>
          {systems.map((system) => (
            <TextInput
              key={system}
              label={t(`connection.quarantine.${system}`)}
              placeholder={t('connection.quarantine.none')}
              spellCheck={false}
              autoComplete="off"
              maxLength={200}
              error={errorOf(system)}
              value={names[system]}
              onChange={(event) => setDraft({ ...draft, [system]: event.target.value.trim() })}
            />
          ))}
          <ErrorAlert error={save.error} />
          <Group justify="flex-end">
            <Button type="submit" size="compact-sm" disabled={!dirty} loading={save.isPending}>
              {t('common.actions.save')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Panel>
  )
}
