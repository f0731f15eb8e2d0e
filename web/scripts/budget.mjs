// Adds up what a browser fetches before each screen shows, gzipped, and fails over the budget: login and the other pages
// without a session ≤ 240 KB, any first screen ≤ 300 KB, a page's own chunk ≤ 80 KB (editor and graph, fetched later,
// ≤ 130 KB), styles ≤ 40 KB.
import { existsSync, readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'

const dist = new URL('../dist/', import.meta.url)
if (!existsSync(new URL('.vite/manifest.json', dist))) throw new Error('no build: run npm run build first')
const manifest = JSON.parse(readFileSync(new URL('.vite/manifest.json', dist), 'utf8'))

const sizes = new Map()
function size(file) {
  if (!sizes.has(file)) sizes.set(file, gzipSync(readFileSync(new URL(file, dist)), { level: 9 }).length)
  return sizes.get(file)
}

/** The files an entry needs at once: itself, what it imports, and their styles. */
function filesOf(key, found = new Set()) {
  const chunk = manifest[key]
  if (!chunk || found.has(chunk.file)) return found
  found.add(chunk.file)
  for (const css of chunk.css ?? []) found.add(css)
  for (const imported of chunk.imports ?? []) filesOf(imported, found)
  return found
}

const kilobytes = (bytes) => `${(bytes / 1024).toFixed(1)} KB`
const total = (files) => [...files].reduce((sum, file) => sum + size(file), 0)
let failed = false
function check(name, bytes, limit) {
  const over = bytes > limit * 1024
  failed ||= over
  console.log(`${over ? 'OVER' : 'ok  '}  ${name.padEnd(34)} ${kilobytes(bytes).padStart(9)}  of ${limit} KB`)
}

const shell = ['index.html', 'src/shell/Shell.tsx']
const pages = Object.keys(manifest).filter(
  (key) => /^src\/features\/.*Page\.tsx$/.test(key) && manifest[key].isDynamicEntry,
)
const union = (keys) => keys.reduce((found, key) => filesOf(key, found), new Set())

const nameOf = (key) => key.replace(/^.*\//, '').replace('.tsx', '')
const withoutShell = (page) => page.startsWith('src/features/auth/')

for (const page of pages.filter(withoutShell)) check(nameOf(page), total(union(['index.html', page])), 240)
const base = union(shell)
for (const page of pages.filter((key) => !withoutShell(key))) {
  // A page that fetches its tabs one by one is as large as the largest of them.
  const tabs = (manifest[page].dynamicImports ?? []).filter((key) => key.endsWith('Tab.tsx'))
  const parts = tabs.toSorted((a, b) => total(union([b])) - total(union([a]))).slice(0, 1)
  const all = union([...shell, page, ...parts])
  const name = nameOf(page)
  check(`first screen ${name}`, total(all), 300)
  check(`  its own part`, total([...all].filter((file) => !base.has(file))), 80)
}
for (const lazy of ['src/features/playbooks/CodeEditor.tsx', 'src/features/runs/StepGraph.tsx']) {
  check(`later: ${nameOf(lazy)}`, total([...filesOf(lazy)].filter((file) => !base.has(file))), 130)
}
const styles = new Set(Object.values(manifest).flatMap((chunk) => chunk.css ?? []))
check('all styles', total(styles), 40)
process.exitCode = failed ? 1 : 0
