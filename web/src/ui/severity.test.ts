import { describe, expect, it } from 'vitest'
import { bandOf, percent, severityOf } from './severity'

describe('threat scores', () => {
  it.each([
    [0, 'benign'],
    [0.144, 'benign'],
    [0.15, 'low'],
    [0.39, 'low'],
    [0.4, 'medium'],
    [0.7, 'high'],
    [0.894, 'high'],
    [0.895, 'critical'],
    [1, 'critical'],
  ])('%d is %s', (score, band) => {
    expect(bandOf(score)).toBe(band)
  })

  it('never leaves the scale', () => {
    expect(percent(-1)).toBe(0)
    expect(percent(7)).toBe(100)
  })

  it('draws what it does not know as info', () => {
    expect(severityOf('benign')).toBe('info')
    expect(severityOf(undefined)).toBe('info')
  })
})
