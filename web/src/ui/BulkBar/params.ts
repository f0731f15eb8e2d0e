import type { BulkField } from './actions'

/** What stands in the form of an action. */
type ParamDraft = Record<string, string | string[]>

/** The form as it opens. */
export function firstParams(fields: BulkField[]): ParamDraft {
  return Object.fromEntries(
    fields.map((field) => [
      field.name,
      field.kind === 'tags' ? [] : field.kind === 'choice' ? (field.first ?? '') : '',
    ]),
  )
}

/** The names of the fields that must have a value and have none. */
export function missing(fields: BulkField[], draft: ParamDraft): string[] {
  return fields.filter((field) => !field.optional && isEmpty(draft[field.name])).map((field) => field.name)
}

/** The form as the job's params; what is empty and may be is sent as null, which takes a value away. */
export function paramsOf(fields: BulkField[], draft: ParamDraft): Record<string, unknown> {
  return Object.fromEntries(fields.map((field) => [field.name, sentOf(field, draft[field.name])]))
}

function isEmpty(value: string | string[] | undefined): boolean {
  return value === undefined || (typeof value === 'string' ? value.trim() === '' : value.length === 0)
}

function sentOf(field: BulkField, value: string | string[] | undefined): unknown {
  if (field.kind === 'text') return String(value ?? '').trim()
  if (isEmpty(value)) return null
  if (field.kind === 'case' || (field.kind === 'choice' && field.numeric)) return Number(value)
  return value
}
