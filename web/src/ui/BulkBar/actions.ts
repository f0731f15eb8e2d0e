import type { TablerIcon } from '@tabler/icons-react'
import type { Permission } from '../../app/permissions'

interface FieldBase {
  /** The name in the job's `params`. */
  name: string
  label: string
  hint?: string
  optional?: boolean
}

/** One value an action asks for. */
export type BulkField = FieldBase &
  (
    | { kind: 'tags'; offered?: string[] }
    | { kind: 'choice'; data: { value: string; label: string }[]; first?: string; numeric?: boolean }
    | { kind: 'text'; maxLength: number; lines?: number }
    | { kind: 'moment' }
    | { kind: 'case' }
  )

/** What can be done with the rows selected. */
export interface BulkAction {
  /** Its name in the API. */
  action: string
  label: string
  icon: TablerIcon
  permission: Permission
  /** The key that starts it while rows are selected. */
  key?: string
  /** Stands as a button of its own; the others are in the menu. */
  primary?: boolean
  fields?: BulkField[]
  /** Asks for a playbook and its inputs. `row` is the type of input that each row fills. */
  playbook?: { row: 'host' | 'case' | 'artifact' }
  /** What can't be taken back, in plain words: the number of rows must be typed. */
  danger?: string
  /** On a dangerous act's button, with the number of rows; without it the rows are deleted. */
  confirm?: (count: number) => string
  /** Asks why, as the param `reason`: the words that ask for it. */
  reason?: string
}
