import type { NewWebhook } from '../../api/models'

/** How calls of a webhook are signed, as one chooses it. */
export const signings = ['none', 'github', 'standard', 'other'] as const
export type Signing = (typeof signings)[number]

const githubHeader = 'X-Hub-Signature-256'
const standardHeader = 'webhook-signature'

/** What the form asks, as the API takes it. */
export function bodyOf(values: { name: string; signing: Signing; header: string; secret: string }): NewWebhook {
  const { name, signing, header, secret } = values
  if (signing === 'none') return { name: name.trim() }
  const headers = { github: githubHeader, standard: standardHeader, other: header.trim() }
  return {
    name: name.trim(),
    signed: true,
    signature_header: headers[signing],
    ...(secret.trim() ? { secret: secret.trim() } : {}),
  }
}

interface Shown {
  url: string
  /** Empty: calls are not signed. */
  header: string
  /** Empty where the secret is not known here. */
  secret: string
}

const body = `body='{"alert": "a test", "host": "wks-042"}'`
const post = (url: string, headers: string[]) =>
  [`curl -X POST '${url}'`, ...headers.map((header) => `  -H ${header}`), '  --data-raw "$body"'].join(' \\\n')

/** Commands of a shell that call the webhook, signed as it asks. */
export function example({ url, header, secret }: Shown): string {
  const json = "'Content-Type: application/json'"
  if (!header) return [body, post(url, [json])].join('\n')
  const key = `secret='${secret || '…'}'`
  const kind = header.toLowerCase()
  if (kind === standardHeader || kind === 'svix-signature') {
    const prefix = kind === standardHeader ? 'webhook' : 'svix'
    return [
      body,
      key,
      'id="msg_$(date +%s)"; at="$(date +%s)"',
      `hex="$(printf %s "\${secret#whsec_}" | base64 -d | od -An -v -tx1 | tr -d ' \\n')"`,
      'signature="$(printf %s "$id.$at.$body" | openssl dgst -sha256 -mac HMAC -macopt "hexkey:$hex" -binary | base64)"',
      post(url, [json, `"${prefix}-id: $id"`, `"${prefix}-timestamp: $at"`, `"${header}: v1,$signature"`]),
    ].join('\n')
  }
  return [
    body,
    key,
    'signature="$(printf %s "$body" | openssl dgst -sha256 -hmac "$secret" | sed \'s/^.* //\')"',
    post(url, [json, `"${header}: sha256=$signature"`]),
  ].join('\n')
}
