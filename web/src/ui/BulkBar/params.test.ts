import { describe, expect, it } from 'vitest'
import type { BulkField } from './actions'
import { firstParams, missing, paramsOf } from './params'
import { askedInputs } from './rowInput'

const fields: BulkField[] = [
  { name: 'labels', label: 'Labels', kind: 'tags' },
  { name: 'case_id', label: 'Case', kind: 'case' },
  { name: 'assignee_id', label: 'Assignee', kind: 'choice', numeric: true, optional: true, data: [] },
  { name: 'format', label: 'Format', kind: 'choice', first: 'csv', data: [] },
  { name: 'owner', label: 'Owner', kind: 'text', maxLength: 200, optional: true },
]

describe('the values an action asks for', () => {
  it('start empty, but for a choice that has a first', () => {
    expect(firstParams(fields)).toEqual({ labels: [], case_id: '', assignee_id: '', format: 'csv', owner: '' })
  })

  it('must be there unless they may be left out', () => {
    expect(missing(fields, firstParams(fields))).toEqual(['labels', 'case_id'])
    expect(missing(fields, { ...firstParams(fields), labels: ['dc'], case_id: '7' })).toEqual([])
    expect(missing(fields.slice(4), { owner: '  ' })).toEqual([])
  })

  it('are sent as the numbers, words and nulls that the API takes', () => {
    const draft = { labels: ['dc'], case_id: '7', assignee_id: '', format: 'ndjson', owner: ' mia ' }
    expect(paramsOf(fields, draft)).toEqual({
      labels: ['dc'],
      case_id: 7,
      assignee_id: null,
      format: 'ndjson',
      owner: 'mia',
    })
    expect(paramsOf(fields, { ...draft, assignee_id: '3' }).assignee_id).toBe(3)
  })
})

describe('a playbook run for each row', () => {
  const inputs = { target: { type: 'host', required: true }, other: { type: 'host' }, note: { type: 'string' } }

  it('takes the row as its first input of that type, and asks for the others', () => {
    const { asked, filled } = askedInputs({ inputs } as never, 'host')
    expect(filled).toBe('target')
    expect(asked.map((input) => input.name)).toEqual(['other', 'note'])
  })

  it('asks for everything when no input takes such a row', () => {
    expect(askedInputs({ inputs } as never, 'case').filled).toBeUndefined()
    expect(askedInputs({ inputs } as never, 'case').asked).toHaveLength(3)
    expect(askedInputs(undefined, 'host')).toEqual({ asked: [], filled: undefined })
  })
})
