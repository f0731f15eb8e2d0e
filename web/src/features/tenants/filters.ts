import type { Tenant } from '../../api/models'
import { sortFrom } from '../../ui/sort'

export const statuses = ['active', 'suspended', 'deleting'] as const
export const filterNames = ['q', 'status'] as const

export const sortOf = (params: URLSearchParams) => sortFrom(params, ['name', 'created_at', 'id'], 'name')

/** The tenants the address asks for, in its order. There are few enough to do this here. */
export function arranged(rows: readonly Tenant[], params: URLSearchParams): Tenant[] {
  const q = (params.get('q') ?? '').trim().toLowerCase()
  const status = params.get('status')
  const sort = sortOf(params)
  const field = sort.replace('-', '') as 'name' | 'created_at' | 'id'
  const turn = sort.startsWith('-') ? -1 : 1
  const order = (a: Tenant, b: Tenant) =>
    field === 'id' ? a.id - b.id : a[field].localeCompare(b[field], undefined, { sensitivity: 'base' })
  return rows
    .filter((row) => (!status || row.status === status) && `${row.name} ${row.description}`.toLowerCase().includes(q))
    .sort((a, b) => turn * order(a, b))
}
