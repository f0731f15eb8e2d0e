import { describe, expect, it } from 'vitest'
import { inputsOf } from '../../documents/playbook'
import { collect, firstValues, freeInput } from './inputs'

const specs = inputsOf({
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the playbook language's own
  host_id: { type: 'host', required: true, default: '${event.host_id}' },
  threshold: { type: 'number', default: 0.9, min: 0, max: 1 },
  level: { type: 'string', enum: ['low', 3], default: 'low' },
  tags: { type: 'list' },
  extra: { type: 'object' },
  loud: { type: 'boolean' },
})

describe('the form of a run', () => {
  it('starts from the defaults, but not from an event a manual run has not', () => {
    expect(firstValues(specs)).toEqual({
      host_id: undefined,
      threshold: 0.9,
      level: 'low',
      tags: [],
      extra: undefined,
      loud: false,
    })
  })

  it('sends each value in its own type, and leaves empty ones out', () => {
    const draft = { host_id: '7', threshold: '0.5', level: '3', tags: [], extra: '{"a":1}', loud: true }
    expect(collect(specs, draft)).toEqual({
      inputs: { host_id: 7, threshold: 0.5, level: 3, extra: { a: 1 }, loud: true },
      problems: {},
    })
  })

  it('says what is missing or out of bounds', () => {
    const { problems } = collect(specs, { threshold: 1.5, extra: '[1]' })
    expect(problems.host_id?.key).toBe('playbooks.runForm.required')
    expect(problems.threshold).toEqual({ key: 'playbooks.runForm.max', values: { max: 1 } })
    expect(problems.extra?.key).toBe('playbooks.runForm.json')
  })

  it('spreads the JSON of a playbook without declared inputs', () => {
    const free = [freeInput('Inputs', '')]
    expect(collect(free, { '*': '{"host_id": 4}' }).inputs).toEqual({ host_id: 4 })
    expect(collect(free, {}).inputs).toEqual({})
  })

  it('reads inputs written as a list as well', () => {
    expect(inputsOf([{ name: 'a', type: 'integer' }, { type: 'string' }])).toMatchObject([
      { name: 'a', type: 'integer' },
    ])
    expect(inputsOf('nonsense')).toEqual([])
  })
})
