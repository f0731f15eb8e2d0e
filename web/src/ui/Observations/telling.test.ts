import { expect, it } from 'vitest'
import { inOneLine } from './oneLine'
import { columnsOf } from './telling'

const process = {
  Exe: 'C:\\Windows\\lsass.exe',
  Pid: 148,
  Hash: { MD5: null, SHA256: '' },
  Name: 'lsass.exe',
  CreateTime: '2026-11-22T08:00:00Z',
  Username: 'SYSTEM',
  CommandLine: 'lsass.exe -x',
  Authenticode: { Trusted: 'trusted' },
}

it('begins with what tells most, and leaves out what is empty', () => {
  expect(inOneLine(process)).toBe(
    'Name=lsass.exe  CommandLine=lsass.exe -x  Exe=C:\\Windows\\lsass.exe  Username=SYSTEM  Pid=148  CreateTime=2026-11-22T08:00:00Z  Authenticode={"Trusted":"trusted"}',
  )
  expect(inOneLine(null)).toBe('')
})

it('makes columns of what most rows have, never of what is nested or rare', () => {
  const rows = [process, process, process, process, process, { ...process, Odd: 'x' }].map((data) => ({ data }))
  expect(columnsOf(rows, 4)).toEqual(['Name', 'CommandLine', 'Exe', 'Username'])
  expect(columnsOf(rows, 40)).not.toContain('Hash')
  expect(columnsOf(rows, 40)).not.toContain('Odd')
  expect(columnsOf([], 4)).toEqual([])
})
