// Writes a .br and a .gz beside every compressible file of dist/, so that the server never compresses at run time.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'

const dist = new URL('../dist/', import.meta.url).pathname
const compressible = /\.(js|css|html|svg|json|txt|webmanifest)$/

for (const entry of readdirSync(dist, { recursive: true, withFileTypes: true })) {
  const path = join(entry.parentPath ?? entry.path, entry.name)
  // index.html changes with every answer (the nonce), so a compressed copy would be of no use.
  if (!entry.isFile() || !compressible.test(entry.name) || entry.name === 'index.html') continue
  const body = readFileSync(path)
  if (body.length < 1024) continue
  writeFileSync(`${path}.gz`, gzipSync(body, { level: 9 }))
  writeFileSync(`${path}.br`, brotliCompressSync(body, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }))
}
