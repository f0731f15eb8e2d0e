// What every browser run needs: a Chromium, a page that records what goes wrong, a login.
import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { chromium } from 'playwright-core'

export const base = process.env.VC_URL ?? 'http://127.0.0.1:8080'
export const operator = { username: process.env.VC_USERNAME ?? 'admin', password: process.env.VC_PASSWORD ?? '' }

const executablePath = process.env.CHROMIUM ?? ['/usr/bin/chromium', '/usr/bin/google-chrome'].find(existsSync)
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

export async function launch() {
  if (!executablePath) throw new Error('no Chromium found: install it, or name it in CHROMIUM')
  const args = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking']
  args.push('--disable-component-update', '--disable-sync')
  return chromium.launch({ executablePath, headless: true, args })
}

/** A window of its own: cookies, storage and locks are shared by its pages only. */
export async function openContext(
  browser,
  { scheme = 'light', viewport = { width: 1440, height: 900 }, preferences = {} } = {},
) {
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
  return context
}

const traffic = new WeakMap()

/** A page that remembers errors of the console, of scripts and of the server in `problems`. */
export async function openPage(browser, look) {
  const context = await openContext(browser, look)
  return { context, ...(await openTab(context)) }
}

/** One more page of a context. */
export async function openTab(context) {
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
  const open = new Set()
  traffic.set(page, open)
  page.on('request', (request) => open.add(request))
  for (const end of ['requestfinished', 'requestfailed']) page.on(end, (request) => open.delete(request))
  return { page, problems }
}

/** Does what the server is meant to refuse: that refusal, which the browser writes to the console, is no problem. */
export async function refused(problems, address, work) {
  await work()
  for (let index = problems.length - 1; index >= 0; index -= 1) {
    if (/status of 4\d\d/.test(problems[index]) && problems[index].includes(address)) problems.splice(index, 1)
  }
}

export async function login(page, { username, password } = operator) {
  await page.goto(`${base}/login`)
  await page.locator('input[autocomplete=username]').fill(username)
  await page.locator('input[type=password]').fill(password)
  await page.locator('button[type=submit]').click()
  return home(page)
}

/** Waits for the first page after a login and gives the address of the person's tenant. */
export async function home(page) {
  await page.waitForURL(/\/t\/\d+/)
  await page.locator('#main h1').waitFor()
  return new URL(page.url()).pathname.split('/').slice(0, 3).join('/')
}

const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds))
const quietFor = 200
const giveUpAfter = 15_000
const busy = '[aria-busy=true], .mantine-Skeleton-root, .mantine-Loader-root:not(.mantine-Button-loader *)'

const frame = () => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)))

/** Waits until nothing is being fetched and nothing moves. */
export async function settle(page) {
  // Scripts that are still being read fetch nothing, and show nothing.
  await page.locator('main').filter({ hasText: /\S/ }).first().waitFor()
  const open = traffic.get(page)
  const until = Date.now() + giveUpAfter
  for (let since = Date.now(); Date.now() < until && Date.now() - since < quietFor; ) {
    // A frame, not a time: a busy machine takes longer to show what it has.
    await page.evaluate(frame)
    if (open.size > 0 || (await page.locator(busy).count()) > 0) since = Date.now()
    await pause(30)
  }
  await page.evaluate(() => document.fonts.ready.then(() => undefined))
}

/** The serious and critical violations axe finds, one line each. */
export async function violations(page) {
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axe)
  const found = await page.evaluate(() =>
    window.axe.run(document, {
      runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
      resultTypes: ['violations'],
    }),
  )
  return found.violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, help, nodes }) => `${id}: ${help} (${nodes.length}) ${nodes[0]?.html.slice(0, 160)}`)
}
