import '../../i18n/veloArtifacts'
import { Select, Stack, Text } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { lazy, Suspense, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { VeloArtifact } from '../../api/models'
import { useMe } from '../../app/me'
import { veloArtifactsQuery } from '../../resources/veloArtifacts'
import { useErrorText } from '../errors'
import { type ChosenArtifact, refusalOf } from './parameters'

const ChosenCard = lazy(async () => ({ default: (await import('./ChosenCard')).ChosenCard }))

interface ArtifactPickerProps {
  value: ChosenArtifact[]
  onChange: (value: ChosenArtifact[]) => void
  /** A collection takes one artifact, a hunt several. */
  many?: boolean
  /** What is wrong with the choice as a whole. */
  error?: string
  /** What the server said about a parameter. */
  errorOf?: (artifact: string, parameter: string) => string | undefined
  /** Gets the focus when the form opens. */
  first?: boolean
}

/** Finds artifacts of the Velociraptor server, and asks for their parameters. */
export function ArtifactPicker({ value, onChange, many = false, error, errorOf, first }: ArtifactPickerProps) {
  return (
    <Stack gap="sm">
      {many || value.length === 0 ? (
        <Search
          many={many}
          taken={value.map((each) => each.name)}
          error={error}
          first={first && value.length === 0}
          onPick={(name) => onChange([...value, { name, parameters: {} }])}
        />
      ) : null}
      <Suspense>
        {value.map((chosen, index) => (
          <ChosenCard
            key={chosen.name}
            chosen={chosen}
            errorOf={(parameter) => errorOf?.(chosen.name, parameter)}
            onChange={(parameters) => onChange(value.with(index, { ...chosen, parameters }))}
            onRemove={() => onChange(value.filter((each) => each.name !== chosen.name))}
          />
        ))}
      </Suspense>
    </Stack>
  )
}

interface SearchProps {
  many: boolean
  /** The names chosen already. */
  taken: string[]
  error?: string
  first?: boolean
  onPick: (name: string) => void
}

function Search({ many, taken, error, first, onPick }: SearchProps) {
  const { t } = useTranslation()
  const text = useErrorText()
  const admin = useIsAdmin()
  const [typed, setTyped] = useState('')
  const [settled] = useDebouncedValue(typed.trim(), 200)
  const query = useQuery(veloArtifactsQuery(settled))
  const found = (query.data?.rows ?? []).filter((each) => !taken.includes(each.name))
  const byName = new Map(found.map((each) => [each.name, each]))
  const total = query.data?.total ?? 0
  const more = `${t('veloArtifacts.hint')} ${t('veloArtifacts.more', { count: found.length })}`
  const nothing = query.isFetching || settled !== typed.trim() ? t('veloArtifacts.searching') : t('veloArtifacts.none')
  return (
    <Select
      label={t(many ? 'veloArtifacts.labelMany' : 'veloArtifacts.label')}
      description={total > found.length + taken.length ? more : t('veloArtifacts.hint')}
      placeholder={t(taken.length > 0 ? 'veloArtifacts.addAnother' : 'veloArtifacts.placeholder')}
      withAsterisk
      searchable
      selectFirstOptionOnChange
      data-autofocus={first || undefined}
      autoFocus={first}
      spellCheck={false}
      styles={{ options: { maxHeight: 360, overflowY: 'auto' } }}
      error={query.error ? t('veloArtifacts.unreachable', { reason: text(query.error) }) : error}
      nothingFoundMessage={nothing}
      // The server has filtered already.
      filter={({ options }) => options}
      data={found.map((each) => ({
        value: each.name,
        label: each.name,
        disabled: refusalOf(each, admin) !== null,
      }))}
      renderOption={({ option }) => <Found artifact={byName.get(option.value)} name={option.value} />}
      value={null}
      searchValue={typed}
      onSearchChange={setTyped}
      onChange={(name) => {
        if (!name) return
        setTyped('')
        onPick(name)
      }}
    />
  )
}

/** Whether the person may collect what amounts to running commands. */
function useIsAdmin(): boolean {
  const { role } = useMe()
  return role === 'admin' || role === 'super_admin'
}

function Found({ artifact, name }: { artifact?: VeloArtifact; name: string }) {
  const { t } = useTranslation()
  const admin = useIsAdmin()
  const refusal = artifact ? refusalOf(artifact, admin) : null
  return (
    <span>
      <span className="mono">{name}</span>
      <Text component="span" display="block" size="xs" c="dimmed" lineClamp={1}>
        {refusal ? t(`veloArtifacts.refused.${refusal}`) : firstLine(artifact?.description)}
      </Text>
    </span>
  )
}

/** The first sentence of a description, which may be many paragraphs. */
function firstLine(description: string | undefined): string {
  return (description ?? '').trim().split('\n', 1)[0] ?? ''
}
