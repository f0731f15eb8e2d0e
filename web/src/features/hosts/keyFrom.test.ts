import { describe, expect, it } from 'vitest'
import { keyFrom } from './keyFrom'

describe('the key made from a label', () => {
  it.each([
    ['Cost centre', 'cost_centre'],
    ['  Größe (m²) ', 'gro_e_m2'],
    ['2nd owner', 'nd_owner'],
    ['É-mail', 'e_mail'],
    ['***', ''],
  ])('%s is %s', (label, key) => {
    expect(keyFrom(label)).toBe(key)
  })
})
