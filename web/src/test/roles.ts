import { readFileSync } from 'node:fs'

interface Operation {
  'x-permission'?: string
  'x-role'?: string
}

const ranks = ['viewer', 'user', 'admin', 'super_admin']

/** Every permission that the API's document names, with the lowest role that has it. */
export function grants(): Map<string, string> {
  const document = JSON.parse(readFileSync('../openapi.json', 'utf8')) as {
    paths: Record<string, Record<string, Operation>>
  }
  const operations = Object.values(document.paths).flatMap((path) => Object.values(path))
  return new Map(
    operations.flatMap((operation) => {
      const { 'x-permission': permission, 'x-role': role } = operation
      return permission && role ? [[permission, role] as const] : []
    }),
  )
}

/** What a role may do. A role nobody knows may do nothing. */
export function permissionsOf(role: string): string[] {
  const rank = ranks.indexOf(role)
  return [...grants()].filter(([, lowest]) => rank >= ranks.indexOf(lowest)).map(([permission]) => permission)
}
