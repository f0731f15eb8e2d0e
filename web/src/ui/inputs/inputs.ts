import type { InputSpec } from '../../documents/playbook'

/** What stands in the form: text, a number, a choice, or a list of words. */
export type DraftValue = string | number | boolean | string[] | undefined
export type Draft = Record<string, DraftValue>

/** What is wrong with a value, as the key of the sentence and what it mentions. */
interface InputProblem {
  key:
    | 'playbooks.runForm.required'
    | 'playbooks.runForm.number'
    | 'playbooks.runForm.json'
    | 'playbooks.runForm.min'
    | 'playbooks.runForm.max'
  values: { min?: number; max?: number }
}

const everything = '*'

/** The one field of a playbook that declares no inputs but whose steps use some: all of them as JSON. */
export function freeInput(label: string, description: string): InputSpec {
  return { name: everything, type: 'object', label, description, required: false }
}

/** Whether any step names something with ${…}. */
export function usesBareNames(actions: unknown): boolean {
  return JSON.stringify(actions ?? '').includes('${')
}

/** Whether a default comes from an event, which a manual run has not. */
export function fromEvent(value: unknown): value is string {
  return typeof value === 'string' && value.includes('${')
}

/** The form as it opens: each input's own default. */
export function firstValues(specs: InputSpec[]): Draft {
  return Object.fromEntries(specs.map((spec) => [spec.name, firstValue(spec)]))
}

function firstValue({ type, default: value }: InputSpec): DraftValue {
  if (type === 'boolean') return value === true
  if (value === undefined || value === null || fromEvent(value)) return type === 'list' ? [] : undefined
  if (type === 'list') return Array.isArray(value) ? value.map(String) : []
  if (typeof value === 'number') return value
  return typeof value === 'object' ? JSON.stringify(value, null, 2) : String(value)
}

/** The inputs as the server takes them, and what is wrong, by name. Empty values are left out. */
export function collect(
  specs: InputSpec[],
  draft: Draft,
): { inputs: Record<string, unknown>; problems: Record<string, InputProblem> } {
  let inputs: Record<string, unknown> = {}
  const problems: Record<string, InputProblem> = {}
  for (const spec of specs) {
    const { value, problem } = read(spec, draft[spec.name])
    if (problem) problems[spec.name] = problem
    else if (spec.name === everything) inputs = { ...inputs, ...(value as object | undefined) }
    else if (value !== undefined) inputs[spec.name] = value
  }
  return { inputs, problems }
}

function read(spec: InputSpec, given: DraftValue): { value?: unknown; problem?: InputProblem } {
  const empty = given === undefined || given === '' || (Array.isArray(given) && given.length === 0)
  if (empty) {
    const excused = !spec.required || (spec.default !== undefined && !fromEvent(spec.default))
    return excused ? {} : { problem: { key: 'playbooks.runForm.required', values: {} } }
  }
  if (['number', 'integer', 'host', 'case', 'artifact'].includes(spec.type)) return readNumber(spec, Number(given))
  if (spec.type === 'object') return readObject(String(given))
  if (spec.enum) return { value: spec.enum.find((one) => String(one) === String(given)) ?? given }
  return { value: given }
}

function readNumber(spec: InputSpec, value: number): { value?: number; problem?: InputProblem } {
  if (!Number.isFinite(value) || (spec.type !== 'number' && !Number.isInteger(value))) {
    return { problem: { key: 'playbooks.runForm.number', values: {} } }
  }
  if (spec.min !== undefined && value < spec.min) {
    return { problem: { key: 'playbooks.runForm.min', values: { min: spec.min } } }
  }
  if (spec.max !== undefined && value > spec.max) {
    return { problem: { key: 'playbooks.runForm.max', values: { max: spec.max } } }
  }
  return { value }
}

function readObject(text: string): { value?: object; problem?: InputProblem } {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { value }
  } catch {
    // Said below, together with values that are JSON but no object.
  }
  return { problem: { key: 'playbooks.runForm.json', values: {} } }
}
