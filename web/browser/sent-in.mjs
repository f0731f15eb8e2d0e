// Sends a file with bad lines in, follows it, takes its errors away, finds its indicators, pastes a text into a case, and
// comments on it and gives it a task: what an analyst does with what comes in.
//
//   VC_URL=http://127.0.0.1:8080 VC_USERNAME=admin VC_PASSWORD=… npm run sent-in
import { base, launch, login, openPage } from './browser.mjs'
import { button, check, must, results, stamp } from './steps.mjs'

const lines = [
  { hostname: `in-${stamp}`, source: 'Walk', rows: [{ Url: `http://${stamp}.evil-walk.net/a.php` }] },
  'this is no JSON',
  { rows: [{ Name: 'a row of no host' }] },
  { hostname: `in-${stamp}-2`, source: 'Walk', rows: [{ Domain: `${stamp}.evil-walk.net` }] },
]
const text = lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n')
const file = { name: `walk-${stamp}.ndjson`, mimeType: 'application/x-ndjson', buffer: Buffer.from(`${text}\n`) }

const browser = await launch()
const { page, problems } = await openPage(browser)
const root = await login(page)

try {
  await check('a file that is dropped becomes a batch that ends', page, async () => {
    await page.goto(`${base}${root}/ingestion`)
    await page.locator('input[type=file]').setInputFiles(file)
    await page.getByRole('list', { name: 'Files being sent' }).getByRole('link', { name: file.name }).click()
    await page.getByText('Completed').first().waitFor({ timeout: 60_000 })
  })
  await check('its bad lines are listed and can be taken away', page, async () => {
    await page.getByRole('region', { name: 'Refused lines' }).getByRole('row').nth(2).waitFor()
    const saved = page.waitForEvent('download')
    await button(page, 'To mend (JSON lines)').click()
    must((await saved).suggestedFilename().endsWith('.ndjson'), 'the errors are no JSON lines')
  })
  await check('the indicators of the good lines are there', page, async () => {
    await page.goto(`${base}${root}/indicators?q=${stamp}.evil-walk.net`)
    await page.getByRole('link', { name: `http://${stamp}.evil-walk.net/a.php` }).waitFor()
  })
  await check('a text is pasted into a case', page, async () => {
    await page.goto(`${base}${root}/cases?new=1`)
    await page.getByRole('dialog').getByRole('textbox', { name: 'Title' }).fill(`Walk ${stamp}`)
    await page.keyboard.press('Enter')
    await button(page, 'Paste text').click()
    await page
      .getByLabel('Text', { exact: true })
      .fill(`It called hxxp://c2-${stamp}[.]evil-walk[.]net/b from 10.0.0.7`)
    await button(page, 'Find indicators').click()
    await page.getByRole('button', { name: /^Keep / }).click()
    await page.getByRole('link', { name: `http://c2-${stamp}.evil-walk.net/b`, exact: true }).waitFor()
  })
  await check('the case is commented on, and gets a task that is done', page, async () => {
    await page.getByRole('textbox', { name: 'New comment' }).fill('It is **bad**')
    await button(page, 'Comment').click()
    await page.getByRole('list', { name: 'Comments' }).locator('strong', { hasText: 'bad' }).waitFor()
    await page.getByRole('textbox', { name: 'Add a task' }).fill('Image the disk')
    await page.keyboard.press('Enter')
    await page.getByRole('checkbox', { name: 'Done: Image the disk' }).check()
    await page.getByText('all done').waitFor()
  })
} catch {
  // What failed is in the results.
}
await browser.close()
for (const { name, error } of results) console.log(error ? `FAILED  ${name}: ${error}` : `ok      ${name}`)
for (const problem of problems) console.error(problem)
process.exitCode = results.some(({ error }) => error) || problems.length > 0 ? 1 : 0
