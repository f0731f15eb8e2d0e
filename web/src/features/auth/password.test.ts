import { expect, it } from 'vitest'
import { passwordFault } from './password'

it.each([
  ['', 'short'],
  ['elevenchars', 'short'],
  ['twelve chars', null],
  ['🔑🔑🔑🔑🔑🔑', 'short'],
  ['🔑'.repeat(12), null],
  ['a'.repeat(72), null],
  ['a'.repeat(73), 'long'],
  ['ü'.repeat(37), 'long'],
])('%j is %s', (password, fault) => {
  expect(passwordFault(password)).toBe(fault)
})
