import { describe, expect, it } from 'vitest'
import { lookInto } from './apiClient'

const file = `ca_certificate: |
  -----BEGIN CERTIFICATE-----
  name: not this one
  -----END CERTIFICATE-----
client_cert: |
  -----BEGIN CERTIFICATE-----
client_private_key: |
  -----BEGIN RSA PRIVATE KEY-----
api_connection_string: "velociraptor.example:8001"
name: velocicompanion
`

describe('an api_client file', () => {
  it('says whom it connects as, and where', () => {
    expect(lookInto(file)).toEqual({ name: 'velocicompanion', address: 'velociraptor.example:8001', lacks: [] })
  })

  it('names what is missing before anything is sent', () => {
    expect(lookInto(file.replace(/^client_private_key:/m, 'key:')).lacks).toEqual(['client_private_key'])
    expect(lookInto('PK\u0003\u0004 a zip').lacks).toHaveLength(5)
  })
})
