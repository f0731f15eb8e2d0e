// Walks every screen of a running server in both themes and two sizes, takes a picture of each, and fails on errors of
// the console (the content security policy's included), on errors of the server, on a page that scrolls sideways, and
// on serious findings of axe.
//
//   VC_URL=http://127.0.0.1:8080 VC_USERNAME=admin VC_PASSWORD=… npm run browser
//   ONLY=hosts,run   some screens; THEMES=dark and SIZES=390 some looks; LANGUAGE_TAG=en-XA the pseudo-locale
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { base, launch, login, openPage, settle, violations } from './browser.mjs'

const out = process.env.SHOTS ?? new URL('../../screenshots/', import.meta.url).pathname
const wanted = (name, all) => (process.env[name] ? process.env[name].split(',') : all)
const themes = wanted('THEMES', ['light', 'dark'])
const sizes = wanted('SIZES', ['1440', '390']).map((width) => ({
  width: Number(width),
  height: width === '390' ? 844 : 900,
}))
const only = process.env.ONLY?.split(',')
const language = process.env.LANGUAGE_TAG ?? 'en'

/** Opens the first row of a list and gives its address, or null when the list is empty. */
async function firstRow(page, root, list, before = '/') {
  await page.goto(`${base}${root}/${list}`)
  const link = page.locator(`[role=gridcell] a[href*="/${list}${before}"]`).first()
  await link.waitFor({ timeout: 8_000 }).catch(() => console.log(`no row in ${list}: its page is not visited`))
  return (await link.count()) > 0 ? link.getAttribute('href') : null
}

async function addresses(page, root) {
  const host = await firstRow(page, root, 'hosts')
  const row = await firstRow(page, root, 'cases')
  const playbook = await firstRow(page, root, 'playbooks')
  const run = await firstRow(page, root, 'runs')
  const hostId = host?.split('/').pop()
  return {
    dashboard: root,
    hosts: `${root}/hosts`,
    ...(hostId ? { 'hosts-peek': `${root}/hosts?row=${hostId}` } : {}),
    'hosts-new': `${root}/hosts?new=1`,
    'hosts-none': `${root}/hosts?q=there-is-no-such-host`,
    ...(host ? { host, 'host-observations': `${host}?tab=observations` } : {}),
    cases: `${root}/cases`,
    'cases-new': `${root}/cases?new=1`,
    ...(row ? { case: row } : {}),
    indicators: `${root}/indicators`,
    playbooks: `${root}/playbooks`,
    'playbooks-new': `${root}/playbooks/new`,
    ...(playbook
      ? {
          playbook,
          'playbook-source': `${playbook}?tab=source`,
          'playbook-run': `${playbook}?run=1`,
          'playbook-runs': `${playbook}?tab=runs`,
        }
      : {}),
    runs: `${root}/runs`,
    ...(run ? { run } : {}),
    notifications: `${root}/notifications`,
    ...(await governed(page, root)),
    'not-found': `${root}/nowhere`,
    'wrong-tenant': '/t/987654/hosts',
  }
}

/** The screens of administration, for those who may see them. */
async function governed(page, root) {
  const user = await firstRow(page, root, 'users', '?row=')
  const tenant = await firstRow(page, root, 'tenants')
  await page.goto(`${base}${root}/audit`)
  await settle(page)
  const line = page.locator('[role=gridcell] button[aria-expanded]').first()
  if ((await line.count()) > 0) await line.click()
  await settle(page)
  const row = new URL(page.url()).searchParams.get('row')
  return {
    users: `${root}/users`,
    ...(user ? { 'users-peek': user } : {}),
    'users-new': `${root}/users?new=1`,
    'users-none': `${root}/users?q=there-is-no-such-user`,
    tenants: `${root}/tenants`,
    ...(tenant ? { tenant } : {}),
    'tenants-new': `${root}/tenants?new=1`,
    audit: `${root}/audit`,
    ...(row ? { 'audit-row': `${root}/audit?row=${row}`, 'audit-line': `${root}/audit/${row}` } : {}),
    'audit-none': `${root}/audit?q=there-is-no-such-line&range=custom`,
  }
}

async function look(page, name, look, problems) {
  await settle(page)
  await page.screenshot({ path: join(out, `${name}-${look}.png`) })
  const wide = await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth + 1)
  if (wide) problems.push(`${name}: the page scrolls sideways`)
  problems.push(...(await violations(page)).map((line) => `${name}: axe ${line}`))
}

const dialogs = {
  palette: (page) => page.keyboard.press('Control+k'),
  preferences: async (page) => {
    await page.getByRole('button', { name: /^Account of/ }).click()
    await page.getByRole('menuitem', { name: 'Preferences' }).click()
  },
  drawer: (page) => page.getByRole('button', { name: /^Notifications, / }).click(),
  shortcuts: (page) => page.keyboard.press('?'),
}

async function walk(browser, scheme, viewport) {
  const { page, context, problems } = await openPage(browser, {
    scheme,
    viewport,
    preferences: { language },
  })
  const tag = `${scheme}-${viewport.width}`
  const included = (name) => !only || only.includes(name)
  await page.goto(`${base}/login`)
  await page.locator('input[type=password]').first().waitFor()
  if (included('login')) await look(page, 'login', tag, problems)
  const root = await login(page)
  for (const [name, address] of Object.entries(await addresses(page, root))) {
    if (!included(name)) continue
    await page.goto(`${base}${address}`)
    await look(page, name, tag, problems)
  }
  await page.goto(`${base}${root}`)
  await settle(page)
  for (const [name, open] of Object.entries(language === 'en' ? dialogs : {})) {
    if (!included(name)) continue
    await open(page)
    await page.getByRole('dialog').first().waitFor()
    await look(page, name, tag, problems)
    await page.keyboard.press('Escape')
    await settle(page)
  }
  await context.close()
  return [...new Set(problems)].map((problem) => `${tag}: ${problem}`)
}

mkdirSync(out, { recursive: true })
const browser = await launch()
const problems = []
for (const scheme of themes) for (const viewport of sizes) problems.push(...(await walk(browser, scheme, viewport)))
await browser.close()
for (const problem of problems) console.error(problem)
console.log(problems.length === 0 ? 'every screen is sound' : `${problems.length} problems`)
process.exitCode = problems.length === 0 ? 0 : 1
