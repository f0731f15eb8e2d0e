import { describe, expect, it } from 'vitest'
import { viewQuery } from './query'

describe('what a view keeps of an address', () => {
  it('is the same however the address is ordered', () => {
    expect(viewQuery(new URLSearchParams('os=linux&label=dc&sort=-os'))).toBe('label=dc&os=linux&sort=-os')
    expect(viewQuery(new URLSearchParams('sort=-os&label=dc&os=linux'))).toBe('label=dc&os=linux&sort=-os')
  })

  it('is not what is open at the moment', () => {
    expect(viewQuery(new URLSearchParams('q=a%26b&row=7&new=1&tab=x&hide='))).toBe('q=a%26b')
  })
})
