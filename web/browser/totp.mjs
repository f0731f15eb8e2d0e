// The code an authenticator shows: RFC 6238 with SHA-1, six digits and 30 seconds.
import { createHmac } from 'node:crypto'

const step = 30_000
const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

/** The code of a base32 secret, `steps` steps from now. */
export function totp(secret, steps = 0) {
  const bits = [...secret].map((letter) => alphabet.indexOf(letter).toString(2).padStart(5, '0')).join('')
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => Number.parseInt(byte, 2)))
  const counter = Buffer.alloc(8)
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / step) + steps))
  const digest = createHmac('sha1', key).update(counter).digest()
  const number = digest.readUInt32BE(digest[19] & 15) & 0x7fffffff
  return String(number % 1_000_000).padStart(6, '0')
}

/** Waits until the present step lasts for some time yet: the code of the step before must not be two steps old when it arrives. */
export async function early() {
  const left = step - (Date.now() % step)
  if (left < step / 2) await new Promise((resolve) => setTimeout(resolve, left))
}
