import { describe, expect, it } from 'vitest'
import type { VeloArtifact, VeloParameter } from '../../api/models'
import { chosenOf, isOn, isSound, kindOf, problemOf, refusalOf, withParameter } from './parameters'

const parameter = (rest: Partial<VeloParameter>): VeloParameter =>
  ({ name: 'P', type: '', default: '', description: '', choices: null, ...rest }) as VeloParameter

describe('a parameter', () => {
  it.each([
    ['bool', {}, 'flag'],
    ['choices', { choices: ['a', 'b'] }, 'choice'],
    ['choices', {}, 'text'],
    ['regex', {}, 'text'],
    ['', { default: 'a\nb' }, 'lines'],
    ['hidden', {}, 'hidden'],
    ['something_new', {}, 'text'],
  ])('of type %j is asked for by what fits it', (type, rest, kind) => {
    expect(kindOf(parameter({ type, ...rest }))).toBe(kind)
  })

  it('is sent only when it is not as by default', () => {
    const flag = parameter({ name: 'All', type: 'bool', default: 'N' })
    expect(withParameter({ Other: '1' }, flag, 'Y')).toEqual({ Other: '1', All: 'Y' })
    expect(withParameter({ Other: '1', All: 'Y' }, flag, 'N')).toEqual({ Other: '1' })
  })

  it('says what is no number and no JSON, and leaves the rest to the server', () => {
    expect(problemOf(parameter({ type: 'int' }), 'ten')).toBe('number')
    expect(problemOf(parameter({ type: 'int' }), '10')).toBeNull()
    expect(problemOf(parameter({ type: 'json_array' }), '[1')).toBe('json')
    expect(problemOf(parameter({ type: 'regex' }), '(')).toBeNull()
  })

  it('reads flags and lists as Velociraptor writes them', () => {
    expect(['Y', 'TRUE', '1'].every(isOn)).toBe(true)
    expect(['', 'N', 'FALSE'].some(isOn)).toBe(false)
    expect(chosenOf('["a","b"]')).toEqual(['a', 'b'])
    expect(chosenOf('no list')).toEqual([])
  })

  it('spoils the form while it makes no sense', () => {
    const definition = { parameters: [parameter({ name: 'N', type: 'int' })] } as VeloArtifact
    expect(isSound(definition, { N: 'x' })).toBe(false)
    expect(isSound(definition, { N: '3' })).toBe(true)
    expect(isSound(undefined, {})).toBe(true)
  })
})

it('may be refused to everybody, or to all but administrators', () => {
  expect(refusalOf({ allowed: false, needs_admin: false }, true)).toBe('list')
  expect(refusalOf({ allowed: true, needs_admin: true }, false)).toBe('admin')
  expect(refusalOf({ allowed: true, needs_admin: true }, true)).toBeNull()
})
