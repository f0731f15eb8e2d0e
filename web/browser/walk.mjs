// Walks every screen of a running server in both themes and, in light, in two sizes, takes a picture of each, and fails on errors of
// the console (the content security policy's included), on errors of the server, on a page that scrolls sideways, and
// on serious findings of axe. Two looks are walked at a time; one of them loads every page afresh, the others go from
// page to page as a person does.
//
//   VC_URL=http://127.0.0.1:8080 VC_USERNAME=admin VC_PASSWORD=… npm run browser
//   ONLY=hosts,run   some screens; THEMES=dark and SIZES=390 some looks; LANGUAGE_TAG=en-XA the pseudo-locale
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { base, launch, login, openPage, settle, violations } from './browser.mjs'
import { acts, addresses, publicAddresses } from './screens.mjs'

const out = process.env.SHOTS ?? new URL('../../screenshots/', import.meta.url).pathname
const wanted = (name, all) => (process.env[name] ? process.env[name].split(',') : all)
const themes = wanted('THEMES', ['light', 'dark'])
const sizes = wanted('SIZES', ['1440', '390']).map(Number)
const only = process.env.ONLY?.split(',')
const language = process.env.LANGUAGE_TAG ?? 'en'
const atOnce = Number(process.env.WALKERS ?? 2)

const included = (name) => !only || only.includes(name)

/** Goes to an address of the screen without loading it afresh. */
async function step(page, address) {
  await page.evaluate((to) => {
    window.history.pushState(null, '', to)
    window.dispatchEvent(new PopStateEvent('popstate', { state: null }))
    return new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)))
  }, address)
}

async function walk(browser, { scheme, width, afresh }, plan) {
  const viewport = { width, height: width === 390 ? 844 : 900 }
  const { page, context, problems } = await openPage(browser, { scheme, viewport, preferences: { language } })
  const tag = `${scheme}-${width}`
  const look = async (name) => {
    await settle(page)
    await page.screenshot({ path: join(out, `${name}-${tag}.png`) })
    const wide = await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth + 1)
    if (wide) problems.push(`${name}: the page scrolls sideways`)
    problems.push(...(await violations(page)).map((line) => `${name}: axe ${line}`))
  }
  for (const [name, address] of Object.entries(publicAddresses)) {
    if (!included(name)) continue
    await page.goto(`${base}${address}`)
    await page.locator('h1').first().waitFor()
    await look(name)
  }
  const root = await login(page)
  plan.addresses ??= addresses(page, root)
  for (const [name, address] of Object.entries(await plan.addresses)) {
    if (!included(name)) continue
    if (afresh || address.startsWith('/t/987')) await page.goto(`${base}${address}`)
    else await step(page, address)
    await look(name)
  }
  for (const [name, act] of Object.entries(language === 'en' ? acts : {})) {
    if (!included(name) || (act.wide && width < 768)) continue
    await page.goto(`${base}${root}${act.at ?? ''}`)
    await settle(page)
    const opened = await act.open(page, { problems }).catch((error) => error.message.split('\n')[0])
    if (opened) problems.push(`${name}: ${opened}`)
    await look(name)
  }
  await context.close()
  return [...new Set(problems)].map((problem) => `${tag}: ${problem}`)
}

mkdirSync(out, { recursive: true })
const browser = await launch()
const every = themes.flatMap((scheme) => sizes.map((width) => ({ scheme, width })))
// The narrow layout is looked at in light and the dark colours on the wide one: both together would show nothing new.
const looks = every.filter(({ scheme, width }) => every.length < 4 || scheme !== 'dark' || width !== 390)
looks[0].afresh = true
const plan = {}
const problems = []
const queue = [...looks]
await Promise.all(
  Array.from({ length: atOnce }, async () => {
    for (let next = queue.shift(); next; next = queue.shift()) problems.push(...(await walk(browser, next, plan)))
  }),
)
await browser.close()
for (const problem of problems) console.error(problem)
console.log(problems.length === 0 ? 'every screen is sound' : `${problems.length} problems`)
process.exitCode = problems.length === 0 ? 0 : 1
