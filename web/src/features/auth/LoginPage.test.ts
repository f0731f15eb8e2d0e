import { expect, it } from 'vitest'
import { safeNext } from './LoginPage'

it.each([
  ['/t/1/hosts?q=a', '/t/1/hosts?q=a'],
  ['/t/1', '/t/1'],
  ['//evil.example', '/'],
  ['https://evil.example', '/'],
  ['/t/x/hosts', '/'],
  [null, '/'],
])('after the login, %j leads to %s', (next, expected) => {
  expect(safeNext(next)).toBe(expected)
})
