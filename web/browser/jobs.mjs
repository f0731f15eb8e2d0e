// Does an analyst's main jobs in the browser against a running server and counts the actions each takes; fails when one
// cannot be done, takes more actions than the design allows, or leaves an error on the console.
//
//   VC_URL=http://127.0.0.1:8080 VC_USERNAME=admin VC_PASSWORD=… npm run jobs
import { base, launch, login, openPage, settle } from './browser.mjs'

const browser = await launch()
const { page, problems } = await openPage(browser, { scheme: 'light', viewport: { width: 1440, height: 900 } })
const root = await login(page)
const stamp = Date.now().toString(36)
const results = []

let actions = 0
const click = async (locator) => {
  actions += 1
  await locator.click()
}
const type = async (locator, text) => {
  actions += 1
  await locator.fill(text)
}
const press = async (keys) => {
  actions += 1
  await page.keyboard.press(keys)
}
/** Puts a text in the place of the editor's, as a paste would. */
const replaceAll = async (text) => {
  await page.keyboard.press('Control+a')
  await page.keyboard.press('Delete')
  await page.keyboard.insertText(text)
}
const named = (role, name) => page.getByRole(role, { name, exact: typeof name === 'string' })

async function job(name, allowed, work) {
  await page.goto(`${base}${root}`)
  await settle(page)
  actions = 0
  try {
    await work()
    results.push({ name, actions, allowed, sound: actions <= allowed })
  } catch (error) {
    results.push({ name, actions, allowed, sound: false, error: error.message.split('\n')[0] })
    await page.screenshot({ path: `/tmp/job-${results.length}.png` }).catch(() => undefined)
  }
}

await job('add a host from the palette', 4, async () => {
  await press('Control+k')
  await type(page.getByRole('combobox').first(), '>add a host')
  await press('Enter')
  await type(page.getByLabel('Host name'), `job-${stamp}`)
  await page.keyboard.press('Enter')
  await page.getByText(`Host job-${stamp} was added`).waitFor()
})

await job('open a host by name', 3, async () => {
  await press('Control+k')
  await type(page.getByRole('combobox').first(), `@job-${stamp}`)
  await press('Enter')
  await named('heading', `job-${stamp}`).waitFor()
})

await job('look at the first host without a mouse', 5, async () => {
  await press('g')
  await page.keyboard.press('h')
  await page.getByRole('gridcell').first().waitFor()
  await press('j')
  await page.getByRole('grid').focus()
  await press('Space')
  await page.getByRole('complementary', { name: 'Host' }).waitFor()
  await press('Escape')
  await page.getByRole('complementary', { name: 'Host' }).waitFor({ state: 'detached' })
})

await job('open a case with an indicator', 6, async () => {
  await press('g')
  await page.keyboard.press('c')
  await page.getByRole('grid').waitFor()
  await press('n')
  await type(page.getByRole('dialog').getByRole('textbox', { name: 'Title' }), `Job ${stamp}`)
  await press('Enter')
  await page.getByRole('textbox', { name: 'Value' }).waitFor()
  await type(page.getByRole('textbox', { name: 'Value' }), 'hxxp://evil[.]example/a')
  await press('Enter')
  await page.getByText('http://evil.example/a', { exact: true }).waitFor()
  await page.getByRole('cell', { name: 'URL', exact: true }).waitFor()
})

await job('write, run and follow a playbook', 7, async () => {
  await page.goto(`${base}${root}/playbooks/new`)
  const editor = page.locator('.cm-content')
  await editor.waitFor()
  await editor.click()
  await replaceAll(
    `name: Job ${stamp}\ntrigger: {type: manual}\nactions:\n  - {id: say, type: no_such_action, params: {}}\n`,
  )
  await page.getByText('Line 4').first().waitFor()
  await replaceAll(
    `name: Job ${stamp}\ntrigger: {type: manual}\ninputs:\n  word: {type: string, required: true}\nactions:\n  - id: say\n    type: send_notification\n    params: {title: "Said ${stamp}", message: "\${inputs.word}"}\n  - {id: open, type: create_case, params: {title: "Opened ${stamp}"}}\n`,
  )
  await page.getByText('No problems').waitFor()
  await click(named('button', 'Create playbook'))
  await click(named('button', 'Run'))
  await click(named('button', 'Start run'))
  await page.getByText('This value is required').waitFor()
  await type(page.getByLabel('word'), 'hello')
  await click(named('button', 'Start run'))
  await named('list', 'Steps').waitFor()
  await page.getByText('Completed').nth(2).waitFor()
  await page.getByText(`Said ${stamp}`).first().waitFor()
})

await job('read the notification and follow it', 3, async () => {
  await click(named('button', /^Notifications, \d+ unread/))
  await page.getByRole('dialog').getByText(`Said ${stamp}`).waitFor()
  await click(named('button', `Mark as read: Said ${stamp}`))
  await page.getByRole('dialog').getByText(`Said ${stamp}`).waitFor({ state: 'detached' })
})

await job('stay signed in after a reload, and sign out', 2, async () => {
  await page.reload()
  await page.locator('#main h1').waitFor()
  await click(named('button', /^Account of/))
  await click(named('menuitem', 'Sign out'))
  await page.waitForURL(/\/login/)
})

await browser.close()
for (const { name, actions: count, allowed, sound, error } of results) {
  console.log(`${sound ? 'ok  ' : 'FAIL'}  ${name}: ${count} of ${allowed} actions${error ? `, ${error}` : ''}`)
}
for (const problem of new Set(problems)) console.error(problem)
const bad = results.filter((result) => !result.sound).length + new Set(problems).size
console.log(`${results.length - results.filter((result) => !result.sound).length} passed, ${bad} failed`)
process.exitCode = bad === 0 ? 0 : 1
