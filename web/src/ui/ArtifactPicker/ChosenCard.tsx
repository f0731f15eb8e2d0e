import { ActionIcon, Alert, Button, Group, Paper, Stack, Text } from '@mantine/core'
import { IconX } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { VeloArtifact } from '../../api/models'
import { Problem } from '../../api/problem'
import { veloArtifactQuery } from '../../resources/veloArtifacts'
import { useErrorText } from '../errors'
import { ParameterField } from './ParameterField'
import { type ChosenArtifact, kindOf, withParameter } from './parameters'

/** So many parameters are shown before one asks for the rest; what was changed is always shown. */
const shownAtFirst = 4

interface ChosenCardProps {
  chosen: ChosenArtifact
  errorOf: (parameter: string) => string | undefined
  onChange: (parameters: Record<string, string>) => void
  onRemove: () => void
}

/** An artifact that was chosen: what it does, what it needs, and its parameters. */
export function ChosenCard({ chosen, errorOf, onChange, onRemove }: ChosenCardProps) {
  const { t } = useTranslation()
  const text = useErrorText()
  const query = useQuery(veloArtifactQuery(chosen.name))
  const gone = query.error instanceof Problem && query.error.status === 404
  return (
    <Paper withBorder p="sm" component="fieldset" m={0} miw={0} aria-label={chosen.name}>
      <Stack gap="xs">
        <Group justify="space-between" wrap="nowrap" gap="sm">
          <Text className="mono" fw={600} style={{ overflowWrap: 'anywhere' }}>
            {chosen.name}
          </Text>
          <ActionIcon
            onClick={onRemove}
            aria-label={t('veloArtifacts.remove', { name: chosen.name })}
            title={t('veloArtifacts.remove', { name: chosen.name })}
          >
            <IconX size={16} />
          </ActionIcon>
        </Group>
        {query.error ? (
          <Alert color={gone ? 'red' : 'orange'} variant="light" p="xs">
            {gone ? t('veloArtifacts.gone') : t('veloArtifacts.unreachable', { reason: text(query.error) })}
          </Alert>
        ) : null}
        {query.data ? (
          <Definition definition={query.data} parameters={chosen.parameters} errorOf={errorOf} onChange={onChange} />
        ) : null}
      </Stack>
    </Paper>
  )
}

interface DefinitionProps {
  definition: VeloArtifact
  parameters: Record<string, string>
  errorOf: (parameter: string) => string | undefined
  onChange: (parameters: Record<string, string>) => void
}

function Definition({ definition, parameters, errorOf, onChange }: DefinitionProps) {
  const { t } = useTranslation()
  const [all, setAll] = useState(false)
  const asked = (definition.parameters ?? []).filter((each) => kindOf(each) !== 'hidden')
  const shown = asked.filter(
    ({ name }, index) => all || index < shownAtFirst || name in parameters || errorOf(name) !== undefined,
  )
  const changed = Object.keys(parameters).length
  const needs = (definition.required_permissions ?? []).join(', ')
  return (
    <>
      <Text size="sm" c="dimmed" lineClamp={3} style={{ whiteSpace: 'pre-line' }}>
        {definition.description?.trim()}
      </Text>
      {definition.needs_admin ? (
        <Text size="sm" c="var(--vc-waiting)">
          {[t('veloArtifacts.needsAdmin'), needs && t('veloArtifacts.needs', { permissions: needs })]
            .filter(Boolean)
            .join('. ')}
        </Text>
      ) : null}
      {asked.length === 0 ? (
        <Text size="sm">{t('veloArtifacts.noParameters')}</Text>
      ) : (
        <Stack gap="sm" role="group" aria-label={t('veloArtifacts.parametersOf', { name: definition.name })}>
          {shown.map((parameter) => (
            <ParameterField
              key={parameter.name}
              parameter={parameter}
              value={parameters[parameter.name] ?? parameter.default ?? ''}
              error={errorOf(parameter.name)}
              onChange={(value) => onChange(withParameter(parameters, parameter, value))}
            />
          ))}
        </Stack>
      )}
      <Group gap="sm">
        {asked.length > shown.length ? (
          <Button size="compact-sm" variant="subtle" onClick={() => setAll(true)}>
            {t('veloArtifacts.moreParameters', { count: asked.length - shown.length })}
          </Button>
        ) : null}
        {changed > 0 ? (
          <Button size="compact-sm" variant="subtle" onClick={() => onChange({})}>
            {t('veloArtifacts.reset')}
          </Button>
        ) : null}
      </Group>
    </>
  )
}
