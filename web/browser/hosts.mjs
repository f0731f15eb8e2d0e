// What an analyst does with many hosts, in the browser against a running server: narrow the list, look at a host, label
// three by one job and take it back, keep the list as a view, merge a duplicate, and search and stack its rows.
//
//   VC_URL=http://127.0.0.1:8080 VC_USERNAME=admin VC_PASSWORD=… npm run hosts
import { base, launch, login, openPage, operator, settle } from './browser.mjs'
import { api, button, check, must, results, signInByApi, stamp } from './steps.mjs'

const token = await signInByApi(operator)
const make = async (body) => {
  const { status, body: host } = await api('POST', '/hosts', { token, body })
  must(status === 201, `a host could not be made: ${status} ${JSON.stringify(host)}`)
  return host
}
const names = ['one', 'two', 'three'].map((name) => `walk-${stamp}-${name}`)
const hosts = []
for (const hostname of names) hosts.push(await make({ hostname, os: 'Windows 11', ip_address: '192.0.2.7' }))
// What the first of them reports.
const ingested = await api('POST', '/ingestion/ingest', {
  token,
  body: { hostname: names[0], source: 'Walk.Netstat', rows: [{ Name: `tool-${stamp}.exe`, Pid: 7 }] },
})
must(ingested.status === 200, `a row could not be ingested: ${ingested.status}`)

const browser = await launch()
const { page, problems } = await openPage(browser, { scheme: 'light', viewport: { width: 1440, height: 900 } })
const root = await login(page)
const grid = page.getByRole('grid', { name: 'Hosts' })
const tick = (name) => page.getByRole('checkbox', { name: `Select ${name}` })

try {
  await check('narrow the list', page, async () => {
    await page.goto(`${base}${root}/hosts`)
    // Before the filters may have come: the key is kept for them.
    await grid.waitFor()
    await page.keyboard.press('/')
    await page.getByRole('searchbox').or(page.getByRole('textbox')).and(page.locator(':focus')).waitFor()
    await page.keyboard.type(`walk-${stamp}`)
    await page.waitForURL(/q=walk/)
    await tick(names[2]).waitFor()
  })

  await check('look at a host by keyboard and close it again', page, async () => {
    await settle(page)
    await grid.focus()
    await page.keyboard.press('j')
    await page.keyboard.press('Space')
    await page.getByRole('complementary', { name: 'Host' }).waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('complementary', { name: 'Host' }).waitFor({ state: 'detached' })
  })

  await check('label three hosts by one job and see each outcome', page, async () => {
    for (const name of names) await tick(name).check()
    await page.getByText('3 selected').waitFor()
    await page.keyboard.press('l')
    const dialog = page.getByRole('dialog', { name: 'Add labels' })
    await dialog.getByText('This acts on 3 hosts.').waitFor()
    await button(dialog, 'Start').click()
    await dialog.getByText('Choose a value').waitFor()
    await dialog.getByRole('combobox', { name: 'Labels' }).fill(`lab-${stamp}`)
    await page.keyboard.press('Enter')
    await button(dialog, 'Start').click()
    await page.getByText('3 of 3 done', { exact: true }).waitFor({ timeout: 60_000 })
    await button(page, 'Details').click()
    const drawer = page.getByRole('dialog', { name: 'Bulk jobs' })
    for (const name of names) await drawer.getByRole('link', { name }).waitFor()
    await page.keyboard.press('Escape')
    await page
      .getByRole('button', { name: `lab-${stamp}` })
      .first()
      .waitFor()
  })

  await check('keep the labelled hosts as a view and come back to it', page, async () => {
    await page
      .getByRole('button', { name: `lab-${stamp}` })
      .first()
      .click()
    await page.waitForURL(/label=lab/)
    await button(page, 'Views').click()
    await page.getByRole('menuitem', { name: 'Save this view…' }).click()
    const dialog = page.getByRole('dialog', { name: 'Save view' })
    await dialog.getByRole('textbox', { name: 'Name' }).fill(`View ${stamp}`)
    await button(dialog, 'Save view').click()
    await page.getByText(`View “View ${stamp}” was saved`).waitFor()
    await page.goto(`${base}${root}/hosts`)
    await settle(page)
    await button(page, 'Views').click()
    await page.getByRole('menuitem', { name: `View ${stamp}`, exact: true }).click()
    await page.waitForURL(/label=lab/)
    await page.getByText('3 hosts', { exact: true }).waitFor()
  })

  await check('take the labels back', page, async () => {
    await page.getByRole('button', { name: /^Bulk jobs/ }).click()
    const drawer = page.getByRole('dialog', { name: 'Bulk jobs' })
    await drawer
      .getByRole('button', { name: /Add labels/ })
      .first()
      .click()
    await button(drawer, 'Undo').click()
    await page.getByText('What it did is being taken back').waitFor()
    await page.keyboard.press('Escape')
    await page.getByText('Nothing matches these filters').waitFor({ timeout: 60_000 })
  })

  await check('write notes and set what matters', page, async () => {
    await page.goto(`${base}${root}/hosts/${hosts[0].id}`)
    await button(page, 'Write notes').click()
    await page.getByRole('textbox', { name: 'Notes in Markdown' }).fill('# Kept\n\nThe **lab** machine.')
    await button(page, 'Save').click()
    await page.getByRole('heading', { name: 'Kept' }).waitFor()
    await page.getByRole('textbox', { name: 'Owner' }).fill('Lab')
    await page.keyboard.press('Enter')
    await page.getByRole('definition').filter({ hasText: 'Lab' }).first().waitFor()
  })

  await check('merge the duplicate after seeing what would move', page, async () => {
    await button(page, 'Merge').click()
    const dialog = page.getByRole('dialog', { name: `Merge duplicates into ${names[0]}` })
    await dialog.getByRole('combobox', { name: 'Another host' }).fill(names[1])
    await page.getByRole('option', { name: names[1] }).click()
    await dialog.getByText('1 host will be gone. This can’t be undone.').waitFor()
    await dialog.getByRole('textbox', { name: `Type ${names[0]} to confirm` }).fill(names[0])
    await button(dialog, 'Merge 1 host').click()
    await page.getByText(`The hosts were merged into ${names[0]}`).waitFor()
  })

  await check('find the row, read it as a tree and search for a value of it', page, async () => {
    await page.goto(`${base}${root}/hosts/${hosts[0].id}?tab=observations`)
    await page
      .getByRole('gridcell', { name: `tool-${stamp}` })
      .first()
      .click()
    const drawer = page.getByRole('dialog', { name: /^Observation / })
    await drawer.getByRole('button', { name: /^Only rows with Name = / }).click()
    await page.waitForURL(/field=Name/)
    await page
      .getByRole('gridcell', { name: `tool-${stamp}` })
      .first()
      .waitFor()
  })

  await check('see the timeline, narrowed to one kind', page, async () => {
    await page.getByRole('tab', { name: 'Timeline' }).click()
    await page.getByRole('button', { name: 'Observations', exact: true }).click()
    await page.waitForURL(/kinds=observation/)
    await page.getByText('Walk.Netstat').first().waitFor()
  })

  await check('stack a field and see whose a value is', page, async () => {
    await page.goto(`${base}${root}/observations/stack`)
    await page.getByRole('navigation', { name: 'Fields' }).getByRole('button', { name: /^Name/ }).click()
    await page.getByRole('gridcell', { name: `tool-${stamp}.exe` }).click()
    await page.getByRole('complementary').getByRole('link', { name: names[0] }).waitFor()
  })
} catch {
  // What failed is in the results.
}
await browser.close()
for (const { name, error } of results) console.log(`${error ? 'FAIL' : 'ok  '}  ${name}${error ? `: ${error}` : ''}`)
for (const problem of new Set(problems)) console.error(problem)
process.exitCode = results.some((result) => result.error) || problems.length > 0 ? 1 : 0
