import { vi } from 'vitest'
import { http } from '../api/http'

export interface Asked {
  method: string
  path: string
  data: unknown
}

/** What an operation answers: its body, or a function of what was asked. */
type Answer = object | ((asked: Asked) => object)

/**
 * Answers as the API does, by `method path` below /api without its query; the first that the request begins with counts, so
 * that the longer ones come first. Lists tell how many rows they have. What nothing answers is an empty list. Gives all that
 * was asked.
 */
export function answers(table: Record<string, Answer>): Asked[] {
  const all: Asked[] = []
  vi.spyOn(http, 'request').mockImplementation(({ method = 'get', url = '', data }) => {
    const asked = { method: method.toLowerCase(), path: url.replace(/^.*\/api/, ''), data }
    all.push(asked)
    const known = Object.keys(table).find((name) => `${asked.method} ${asked.path}`.startsWith(name))
    const found = known ? table[known] : []
    const body = typeof found === 'function' ? (found as (asked: Asked) => object)(asked) : found
    const headers = Array.isArray(body) ? { 'x-total-count': String(body.length) } : {}
    return Promise.resolve({ data: body, status: 200, headers })
  })
  return all
}
