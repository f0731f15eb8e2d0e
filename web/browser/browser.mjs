// What every browser run needs: a Chromium, a page that records what goes wrong, a login.
import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { chromium } from 'playwright-core'

export const base = process.env.VC_URL ?? 'http://127.0.0.1:8080'
const username = process.env.VC_USERNAME ?? 'admin'
const password = process.env.VC_PASSWORD ?? ''

const executablePath = process.env.CHROMIUM ?? ['/usr/bin/chromium', '/usr/bin/google-chrome'].find(existsSync)
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

export async function launch() {
  if (!executablePath) throw new Error('no Chromium found: install it, or name it in CHROMIUM')
  const args = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking']
  args.push('--disable-component-update', '--disable-sync')
  return chromium.launch({ executablePath, headless: true, args })
}

/** A page that remembers errors of the console, of scripts and of the server in `problems`. */
export async function openPage(browser, { scheme, viewport, preferences = {} }) {
  const context = await browser.newContext({ colorScheme: scheme, viewport, reducedMotion: 'reduce' })
  await context.addInitScript(
    (saved) => {
      localStorage.setItem(
        'vc.preferences',
        JSON.stringify({ ...saved, ...JSON.parse(localStorage.getItem('vc.preferences') ?? '{}') }),
      )
    },
    { theme: scheme, ...preferences },
  )
  const page = await context.newPage()
  page.setDefaultTimeout(15_000)
  const problems = []
  page.on('console', (message) => {
    if (message.type() === 'error') problems.push(`console: ${message.text()} ${message.location().url ?? ''}`)
  })
  page.on('pageerror', (error) => problems.push(`script: ${error.message}`))
  page.on('response', (response) => {
    if (response.status() >= 500) problems.push(`${response.status()} from ${response.url()}`)
  })
  return { page, context, problems }
}

export async function login(page) {
  await page.goto(`${base}/login`)
  await page.locator('input[autocomplete=username]').fill(username)
  await page.locator('input[type=password]').fill(password)
  await page.locator('button[type=submit]').click()
  await page.waitForURL(/\/t\/\d+/)
  await page.locator('#main h1').waitFor()
  return new URL(page.url()).pathname.split('/').slice(0, 3).join('/')
}

/** Waits until nothing is being fetched and nothing moves. */
export async function settle(page) {
  await page.waitForLoadState('networkidle').catch(() => undefined)
  await page.waitForTimeout(300)
  const busy = '[aria-busy=true], .mantine-Skeleton-root, .mantine-Loader-root'
  await page
    .locator(busy)
    .first()
    .waitFor({ state: 'detached' })
    .catch(() => undefined)
  await page.waitForTimeout(200)
}

/** The serious and critical violations axe finds, one line each. */
export async function violations(page) {
  await page.evaluate(axe)
  const found = await page.evaluate(() =>
    window.axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }),
  )
  return found.violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, help, nodes }) => `${id}: ${help} (${nodes.length}) ${nodes[0]?.html.slice(0, 160)}`)
}
