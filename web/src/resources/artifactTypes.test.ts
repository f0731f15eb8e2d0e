import { expect, it } from 'vitest'
import { guessType, refang } from './artifactTypes'

it.each([
  ['d41d8cd98f00b204e9800998ecf8427e', 'hash'],
  ['203.0.113.7', 'ip'],
  ['2001:db8::1', 'ip'],
  ['evil.example', 'domain'],
  ['http://evil.example/x', 'url'],
  ['a@evil.example', 'email'],
  ['HKLM\\Software\\Run', 'registry'],
  ['C:\\Windows\\x.exe', 'file'],
  ['two words', null],
])('%s looks like %s', (value, type) => {
  expect(guessType(value)).toBe(type)
})

it.each([
  ['hxxps://evil[.]example/a', 'https://evil.example/a'],
  ['203[.]0[.]113[.]7', '203.0.113.7'],
  ['a[at]evil[dot]example', 'a@evil.example'],
  [' plain.example ', 'plain.example'],
])('%s is %s', (written, value) => {
  expect(refang(written)).toBe(value)
})
