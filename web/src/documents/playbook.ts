/* Reads the parts of a playbook document the screen shows. Documents are free JSON: nothing is taken on trust. */

type Free = Record<string, unknown>

function record(value: unknown): Free {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Free) : {}
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

/** The event types a trigger listens for. */
export function eventsOf(trigger: unknown): string[] {
  const { event, events } = record(trigger)
  const all = events ?? event
  return (Array.isArray(all) ? all : [all]).filter((one): one is string => typeof one === 'string' && one !== '')
}

/** The trigger's other facts. */
export function triggerOf(trigger: unknown): { when?: string; cron?: string; timezone?: string } {
  const { when, cron, timezone } = record(trigger)
  return { when: text(when), cron: text(cron), timezone: text(timezone) }
}

export interface InputSpec {
  name: string
  type: string
  label: string
  description?: string
  required: boolean
  default?: unknown
  min?: number
  max?: number
  enum?: unknown[]
}

/** The inputs a playbook declares, whether written as a map or as a list. */
export function inputsOf(inputs: unknown): InputSpec[] {
  const entries = Array.isArray(inputs)
    ? inputs.map((entry) => [text(record(entry).name) ?? '', entry] as const)
    : Object.entries(record(inputs))
  return entries
    .filter(([name]) => name !== '')
    .map(([name, entry]) => {
      const spec = record(entry)
      return {
        name,
        type: text(spec.type) ?? 'string',
        label: text(spec.label) ?? name,
        description: text(spec.description),
        required: spec.required === true,
        default: spec.default,
        min: typeof spec.min === 'number' ? spec.min : undefined,
        max: typeof spec.max === 'number' ? spec.max : undefined,
        enum: Array.isArray(spec.enum) ? spec.enum : undefined,
      }
    })
}

interface StepSpec {
  id: string
  type: string
  name: string
  condition?: string
  dependsOn?: string[]
}

/** The steps of a playbook from top to bottom, each with the id the server gives it. */
export function stepsOf(actions: unknown): StepSpec[] {
  const seen = new Map<string, number>()
  return (Array.isArray(actions) ? actions : []).map((entry) => {
    const step = record(entry)
    const type =
      text(step.type) ??
      Object.keys(step).find((key) => ['for_each', 'switch', 'while', 'parallel', 'group'].includes(key)) ??
      'group'
    const count = (seen.get(type) ?? 0) + 1
    seen.set(type, count)
    const id = text(step.id) ?? (count > 1 ? `${type}_${count}` : type)
    const after = Array.isArray(step.depends_on) ? step.depends_on.filter((one) => typeof one === 'string') : undefined
    return { id, type, name: text(step.name) ?? id, condition: text(step.if), dependsOn: after }
  })
}
