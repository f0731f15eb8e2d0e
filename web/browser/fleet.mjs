// What an analyst does with a fleet, in the browser against a running server: connect a Velociraptor server, hunt, watch
// the hunt fill, look at a row and put one into a case. FLEET_CONFIG names the api_client file to connect with; without it
// the tenant must be connected already (as the demo tenant is).
//
//   VC_URL=http://127.0.0.1:8080 VC_USERNAME=admin VC_PASSWORD=… FLEET_CONFIG=api_client.yaml npm run fleet
import { base, launch, login, openPage, operator, refused, settle } from './browser.mjs'
import { api, button, check, must, results, signInByApi, stamp } from './steps.mjs'

const artifact = process.env.FLEET_ARTIFACT ?? 'Generic.Client.Info'
const minute = { timeout: 60_000 }
const token = await signInByApi(operator)

const browser = await launch()
const { page, problems } = await openPage(browser)
const root = await login(page)

try {
  await check('connect the server', page, async () => {
    // Until there is one, asking for it is answered with 404: that is how the page knows.
    await refused(problems, '/api/velociraptor/config', async () => {
      await page.goto(`${base}${root}/connection`)
      await settle(page)
    })
    const connected = async () => (await api('GET', '/velociraptor/config', { token })).status === 200
    if (process.env.FLEET_CONFIG && !(await connected())) {
      await page.locator('input[type=file]').setInputFiles(process.env.FLEET_CONFIG)
      await button(page, 'Connect').click()
      for (let tries = 0; tries < 60 && !(await connected()); tries += 1) await page.waitForTimeout(500)
    }
    must(await connected(), 'no Velociraptor server is connected: name its api_client file in FLEET_CONFIG')
  })

  await check('begin a hunt by keyboard, after seeing what it would reach', page, async () => {
    await page.goto(`${base}${root}/hosts`)
    await settle(page)
    await page.keyboard.press('g')
    await page.keyboard.press('u')
    await page.waitForURL(/\/hunts$/)
    await page.getByRole('heading', { level: 1, name: 'Hunts' }).waitFor()
    await settle(page)
    await page.keyboard.press('n')
    await page.waitForURL(/\/hunts\/new/)
    await page.getByRole('combobox', { name: /^Artifacts/ }).fill(artifact)
    await page
      .getByRole('option', { name: new RegExp(artifact) })
      .first()
      .click()
    await page.getByRole('group', { name: artifact, exact: true }).waitFor()
    await page.getByRole('textbox', { name: /^Description/ }).fill(`Walk ${stamp}`)
    await page.getByText(/^Will run on about /).waitFor(minute)
    await button(page, 'Start hunt').click()
    await page.waitForURL(/\/hunts\/\d+$/)
  })

  await check('watch it fill', page, async () => {
    const hunt = Number(page.url().split('/').pop())
    const grid = page.getByRole('grid', { name: 'Rows of this hunt' })
    const tab = page.getByRole('tab', { name: /^Results/ })
    const rowsSeen = async () => Number((await tab.innerText()).replace(/\D/g, '') || 0)
    // Nothing is loaded anew from here on: what comes, comes by itself.
    await grid.getByRole('gridcell').first().waitFor({ timeout: 120_000 })
    await page.getByText(/hosts? ha(s|ve) answered/).waitFor()
    const first = () => grid.getByRole('row').nth(1).innerText()
    const before = await first()
    const seen = new Set([await rowsSeen()])
    const fresh = page.getByRole('button', { name: /new rows?$/ })
    for (let tries = 0; tries < 240; tries += 1) {
      seen.add(await rowsSeen())
      if ((await fresh.count()) > 0) must((await first()) === before, 'the rows moved while they were read')
      const { body } = await api('GET', `/velociraptor/hunts/${hunt}`, { token })
      if (body.status === 'completed' && (await rowsSeen()) === body.rows) break
      await page.waitForTimeout(250)
    }
    const numbers = [...seen].filter((count) => count > 0)
    must(numbers.length > 1, `the rows did not grow while they were watched: ${numbers.join(', ')}`)
    must(
      numbers.every((count, index) => index === 0 || count > numbers[index - 1]),
      `the rows became fewer: ${numbers.join(', ')}`,
    )
    // What came later waits behind its button: what is read stays where it is until it is asked for.
    if ((await fresh.count()) > 0) {
      must((await first()) === before, 'the rows moved while they were read')
      await fresh.click()
      await fresh.waitFor({ state: 'detached' })
    }
    const { body, status } = await api('GET', `/velociraptor/hunts/${hunt}/results?limit=500`, { token })
    must(
      status === 200 && body.length === Math.max(...seen),
      `${body.length} rows are there, ${Math.max(...seen)} shown`,
    )
    await page
      .getByText(`${body.length.toLocaleString('en')} rows`)
      .first()
      .waitFor()
  })

  await check('see its hosts, and what went wrong', page, async () => {
    await page.getByRole('tab', { name: /^Hosts/ }).click()
    await page.getByRole('grid', { name: 'Hosts of this hunt' }).getByRole('link').first().waitFor()
    await page.getByRole('tab', { name: /^Errors/ }).click()
    await page.waitForURL(/tab=errors/)
    await settle(page)
    await page.getByRole('tab', { name: /^Results/ }).click()
  })

  await check('find a row, and put it into a case', page, async () => {
    const hunt = Number(page.url().split('/').pop().split('?')[0])
    const [known] = (await api('GET', `/velociraptor/hunts/${hunt}/results?limit=1`, { token })).body
    await page.getByRole('textbox', { name: 'Search in the rows' }).fill(known.hostname)
    await page.waitForURL(/[?&]q=/)
    await settle(page)
    await page
      .getByRole('checkbox', { name: /^Select row / })
      .first()
      .check()
    await button(page, 'Put into a case').click()
    const dialog = page.getByRole('dialog', { name: 'Put 1 row into a case' })
    await dialog.getByText('A new case').click()
    await dialog.getByRole('textbox', { name: 'Title of the case' }).fill(`Found ${stamp}`)
    await dialog.getByRole('textbox', { name: 'What about them' }).fill('Looks **odd**')
    await button(dialog, 'Put into case').click()
    await page.getByRole('link', { name: /^1 row is in case #/ }).click()
    await page.getByRole('heading', { name: `Found ${stamp}` }).waitFor()
    const comments = page.getByRole('list', { name: 'Comments' })
    await comments.locator('strong', { hasText: 'odd' }).waitFor()
    await comments.getByRole('link', { name: `hunt #${hunt}` }).waitFor()
    // And so the API says: the host is part of the case, and the row stands in its comment and in its timeline.
    const id = Number(new URL(page.url()).pathname.split('/').pop())
    const hosts = (await api('GET', `/cases/${id}/hosts`, { token })).body
    must(hosts.length === 1 && hosts[0].id === known.host_id, 'the row’s host is no part of the case')
    const [comment] = (await api('GET', `/cases/${id}/comments`, { token })).body
    must(comment.body.includes(known.hostname), 'the comment does not hold the row')
    const kinds = (await api('GET', `/cases/${id}/timeline`, { token })).body.map((entry) => entry.kind)
    must(kinds.length >= 3, `the timeline says too little: ${kinds.join(', ')}`)
  })

  await check('repeat it every six hours, and once now', page, async () => {
    await page.goto(`${base}${root}/schedules`)
    await page.getByRole('heading', { level: 1, name: 'Schedules' }).waitFor()
    await settle(page)
    await page.keyboard.press('n')
    await page.waitForURL(/\/schedules\/new/)
    await page.getByRole('textbox', { name: 'Name', exact: false }).first().fill(`Every six hours ${stamp}`)
    await page.getByRole('combobox', { name: 'How often' }).click()
    await page.getByRole('option', { name: 'Every span' }).click()
    await page.getByRole('textbox', { name: 'Every', exact: true }).fill('6h')
    await page.getByRole('combobox', { name: /^Artifacts/ }).fill(artifact)
    await page
      .getByRole('option', { name: new RegExp(artifact) })
      .first()
      .click()
    await page.getByRole('group', { name: artifact, exact: true }).waitFor()
    await button(page, 'Save schedule').click()
    await page.waitForURL(/\/schedules\/\d+$/)
    await page.getByText('Every 6h').waitFor()
    await button(page, 'Run now').click()
    await page.getByRole('region', { name: 'Past runs' }).getByRole('link').first().waitFor(minute)
  })

  await check('collect from a host, and see the rows come', page, async () => {
    await page.goto(`${base}${root}/hosts?online=true`)
    await settle(page)
    await page.locator('[role=gridcell] a').first().click()
    await page.waitForURL(/\/hosts\/\d+/)
    await settle(page)
    await button(page, 'Collect').click()
    const dialog = page.getByRole('dialog', { name: /^Collect from / })
    await dialog.getByRole('combobox', { name: /^Artifact/ }).fill(artifact)
    await page
      .getByRole('option', { name: new RegExp(artifact) })
      .first()
      .click()
    await button(dialog, 'Collect').click()
    await page.waitForURL(/\/collections\/\d+/)
    await page.getByRole('grid').getByRole('gridcell').first().waitFor(minute)
  })

  await check('put a collected row into that case, and take it back', page, async () => {
    await page
      .getByRole('checkbox', { name: /^Select Observation / })
      .first()
      .check()
    await button(page, 'Put into a case').click()
    const dialog = page.getByRole('dialog', { name: 'Put 1 row into a case' })
    await dialog.getByRole('combobox', { name: /^Case/ }).fill(`Found ${stamp}`)
    await page
      .getByRole('option', { name: new RegExp(stamp) })
      .first()
      .click()
    await button(dialog, 'Put into case').click()
    const link = page.getByRole('link', { name: /^1 row is in case #/ })
    const id = Number((await link.innerText()).replace(/^.*#/, ''))
    const comments = async () => (await api('GET', `/cases/${id}/comments`, { token })).body.length
    must((await comments()) === 2, 'the collected row is not in the case')
    await button(page, 'Undo').click()
    await page.getByText('That was taken back').waitFor()
    must((await comments()) === 1, 'the row is still in the case')
  })
} catch {
  // What failed is in the results.
}
await browser.close()
for (const { name, error } of results) console.log(`${error ? 'FAIL' : 'ok  '}  ${name}${error ? `: ${error}` : ''}`)
for (const problem of new Set(problems)) console.error(problem)
process.exitCode = results.some((result) => result.error) || problems.length > 0 ? 1 : 0
