import { Button, Group, MultiSelect, Stack } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Connection } from '../../api/models'
import { veloArtifactsQuery } from '../../resources/veloArtifacts'
import { ErrorAlert } from '../../ui/ErrorAlert'
import { useErrorText } from '../../ui/errors'
import { Panel } from '../../ui/Page'
import css from './Connection.module.css'
import { useSaved } from './useSaved'

/** Which artifacts the tenant may collect and hunt for; without a list all of them. */
export function AllowPanel({ row }: { row: Connection }) {
  const { t } = useTranslation()
  const text = useErrorText()
  const before = row.allow_artifacts ?? []
  const [draft, setDraft] = useState<string[] | null>(null)
  const [typed, setTyped] = useState('')
  const [words] = useDebouncedValue(typed.trim(), 200)
  const found = useQuery(veloArtifactsQuery(words))
  const names = draft ?? before
  const offered = (found.data?.rows ?? []).map((artifact) => artifact.name)
  const { save, errorOf } = useSaved(() => setDraft(null))
  return (
    <Panel title={t('connection.allow.title')}>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault()
          save.mutate({ allow_artifacts: names })
        }}
      >
        <Stack gap="sm">
          <p className={css.muted} role="status">
            {t(names.length === 0 ? 'connection.allow.all' : 'connection.allow.some', { count: names.length })}
          </p>
          <MultiSelect
            label={t('connection.allow.label')}
            placeholder={t('veloArtifacts.placeholder')}
            searchable
            clearable
            clearButtonProps={{ 'aria-label': t('connection.allow.clear') }}
            spellCheck={false}
            maxDropdownHeight={260}
            // The server has filtered already.
            filter={({ options }) => options}
            nothingFoundMessage={found.error ? text(found.error) : t('veloArtifacts.none')}
            data={[...new Set([...names, ...offered])]}
            error={errorOf('allow_artifacts')}
            value={names}
            onChange={setDraft}
            searchValue={typed}
            onSearchChange={setTyped}
          />
          <ErrorAlert error={save.error} />
          <Group justify="flex-end">
            <Button type="submit" size="compact-sm" disabled={draft === null} loading={save.isPending}>
              {t('common.actions.save')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Panel>
  )
}
