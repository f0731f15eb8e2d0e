import type { VeloArtifact, VeloParameter } from '../../api/models'

/** An artifact that was chosen, with the parameters that are not as its definition has them. */
export interface ChosenArtifact {
  name: string
  parameters: Record<string, string>
}

/** How a parameter is asked for; `hidden` ones are not. */
type ParameterKind = 'flag' | 'choice' | 'choices' | 'number' | 'moment' | 'lines' | 'text' | 'hidden'

const kinds: Record<string, ParameterKind> = {
  bool: 'flag',
  choices: 'choice',
  multichoice: 'choices',
  int: 'number',
  int64: 'number',
  integer: 'number',
  float: 'number',
  timestamp: 'moment',
  csv: 'lines',
  json: 'lines',
  json_array: 'lines',
  regex_array: 'lines',
  artifactset: 'lines',
  yara: 'lines',
  xml: 'lines',
  starlark: 'lines',
  upload: 'lines',
  hidden: 'hidden',
}

/** How a parameter is asked for. Types nobody knows are text. */
export function kindOf({ type, choices, default: value }: VeloParameter): ParameterKind {
  const kind = kinds[type] ?? 'text'
  if ((kind === 'choice' || kind === 'choices') && (choices ?? []).length === 0) return 'text'
  return kind === 'text' && value?.includes('\n') ? 'lines' : kind
}

/** Whether a flag's text means yes, as Velociraptor reads it. */
export const isOn = (value: string) => ['y', 'yes', 'true', '1'].includes(value.trim().toLowerCase())

/** The choices in the text of a parameter that takes several. */
export function chosenOf(value: string): string[] {
  try {
    const parsed: unknown = JSON.parse(value || '[]')
    return Array.isArray(parsed) ? parsed.map(String) : []
  } catch {
    return []
  }
}

/** The parameters after one was given another value; what is as by default is left out. */
export function withParameter(
  parameters: Record<string, string>,
  { name, default: fallback }: Pick<VeloParameter, 'name' | 'default'>,
  value: string,
): Record<string, string> {
  const { [name]: _, ...rest } = parameters
  return value === (fallback ?? '') ? rest : { ...rest, [name]: value }
}

type ParameterProblem = 'number' | 'json'

/** What is wrong with a parameter, as far as can be said without the server. */
export function problemOf(parameter: VeloParameter, value: string): ParameterProblem | null {
  if (value.trim() === '') return null
  if (kindOf(parameter) === 'number' && !Number.isFinite(Number(value))) return 'number'
  if (!parameter.type.startsWith('json')) return null
  try {
    JSON.parse(value)
    return null
  } catch {
    return 'json'
  }
}

/** Whether every parameter makes sense by itself. */
export function isSound(definition: VeloArtifact | undefined, parameters: Record<string, string>): boolean {
  return (definition?.parameters ?? []).every((each) => problemOf(each, parameters[each.name] ?? '') === null)
}

/** Why somebody may not collect an artifact, or null. */
export function refusalOf(definition: Pick<VeloArtifact, 'allowed' | 'needs_admin'>, admin: boolean) {
  if (!definition.allowed) return 'list'
  return definition.needs_admin && !admin ? 'admin' : null
}
