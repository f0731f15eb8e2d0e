import { execFileSync } from 'node:child_process'
import { createHmac } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { bodyOf, example } from './signing'

/** What the example would send: curl is a function here that tells its arguments. */
function called(script: string): string[] {
  const told = execFileSync('sh', ['-c', `curl() { for a in "$@"; do printf '%s\\0' "$a"; done; }\n${script}`])
  return told.toString().split('\0').slice(0, -1)
}

const url = 'https://vc.example/api/ingestion/webhooks/abc'
const headerIn = (list: string[], name: string) =>
  list.find((each) => each.startsWith(`${name}: `))?.slice(name.length + 2)

describe('the example of a webhook', () => {
  it('posts JSON where calls are not signed', () => {
    const list = called(example({ url, header: '', secret: '' }))
    expect(list.slice(0, 3)).toEqual(['-X', 'POST', url])
    expect(JSON.parse(list.at(-1) ?? '')).toEqual({ alert: 'a test', host: 'wks-042' })
  })

  it('signs the body as GitHub does', () => {
    const list = called(example({ url, header: 'X-Hub-Signature-256', secret: 'a secret' }))
    const digest = createHmac('sha256', 'a secret')
      .update(list.at(-1) ?? '')
      .digest('hex')
    expect(headerIn(list, 'X-Hub-Signature-256')).toBe(`sha256=${digest}`)
  })

  it('signs id, time and body as Standard Webhooks do', () => {
    const key = Buffer.from('0123456789abcdef0123456789abcdef')
    const list = called(example({ url, header: 'webhook-signature', secret: `whsec_${key.toString('base64')}` }))
    const said = `${headerIn(list, 'webhook-id')}.${headerIn(list, 'webhook-timestamp')}.${list.at(-1)}`
    expect(headerIn(list, 'webhook-signature')).toBe(`v1,${createHmac('sha256', key).update(said).digest('base64')}`)
  })
})

describe('a new webhook', () => {
  const form = { name: ' EDR ', signing: 'none' as const, header: '', secret: '' }

  it('needs no more than a name', () => {
    expect(bodyOf(form)).toEqual({ name: 'EDR' })
  })

  it('says how it is signed, and with what where that was given', () => {
    expect(bodyOf({ ...form, signing: 'github' })).toEqual({
      name: 'EDR',
      signed: true,
      signature_header: 'X-Hub-Signature-256',
    })
    expect(bodyOf({ ...form, signing: 'other', header: 'X-Sig', secret: 'given to us' })).toEqual({
      name: 'EDR',
      signed: true,
      signature_header: 'X-Sig',
      secret: 'given to us',
    })
  })
})
