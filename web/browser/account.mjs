// The ways into an account, in a browser against a running server: a second factor set up and used, a fresh proof for a
// dangerous act, a session that ends under an open page, three tabs over the end of their access token, and the life of a
// tenant. Run it where access tokens live for a minute, the shortest there is; it waits for a real one to end.
//
//   ACCESS_TOKEN_EXPIRE_MINUTES=1 … VC_URL=http://127.0.0.1:8080 VC_USERNAME=admin VC_PASSWORD=… npm run account
//   ONLY=factor, ONLY=tabs or ONLY=tenants: one part of it
import { base, home, launch, login, openContext, openPage, openTab, operator, refused, settle } from './browser.mjs'
import { api, button, check, digits, givePassword, must, results, signInByApi, signOut, stamp } from './steps.mjs'
import { tenantLife } from './tenants.mjs'
import { early, totp } from './totp.mjs'

const person = { username: `walker-${stamp}`, password: `a walk over ${stamp} bridges` }

/** Puts a text where the focus is as a person pastes it. */
async function paste(page, text) {
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
  await page.evaluate((copied) => navigator.clipboard.writeText(copied), text)
  await page.keyboard.press('Control+V')
}

async function secondFactor(browser) {
  const { page, context, problems } = await openPage(browser)
  let secret = ''
  let codes = []

  await check('a link of a mail leads through the sign-in to its page', page, async () => {
    await page.goto(`${base}/profile/factor`)
    await page.waitForURL(/\/login/)
    await givePassword(page, person)
    await page.waitForURL(/\/t\/\d+\/profile\/factor$/)
  })

  await check(
    'a second factor is set up with the key and a code, and shows its recovery codes once',
    page,
    async () => {
      await button(page, 'Set up two-factor sign-in').click()
      await page.getByRole('img', { name: /^QR code/ }).waitFor()
      secret = (await page.getByText(/^[A-Z2-7]{32}$/).textContent()) ?? ''
      // The code of the step before is still taken, and leaves the present one for the sign-in.
      await early()
      await digits(page).first().click()
      await page.keyboard.type(totp(secret, -1))
      await page.getByText('Keep your recovery codes').waitFor()
      codes = await page.locator('ul.mono > li').allTextContents()
      must(codes.length === 10, `${codes.length} recovery codes`)
      const [file] = await Promise.all([page.waitForEvent('download'), button(page, 'Download').click()])
      must(/recovery-codes/.test(file.suggestedFilename()), file.suggestedFilename())
      must(await button(page, 'Done').isDisabled(), 'Done before the codes were put away')
      await page.getByLabel('I have put them in a safe place').check()
      await button(page, 'Done').click()
      await page.getByText('10 recovery codes are left').waitFor()
    },
  )

  await check('signing in asks for the code, refuses a wrong one, takes a pasted one', page, async () => {
    await signOut(page)
    await refused(problems, '/api/auth/login', async () => {
      await givePassword(page, person)
      await digits(page).first().waitFor()
      const right = totp(secret)
      await page.keyboard.type(String((Number(right) + 1) % 1_000_000).padStart(6, '0'))
      await page.getByText('That code is wrong or was used already.').waitFor()
      must((await digits(page).first().inputValue()) === '', 'the wrong code still stands there')
      must(
        await digits(page)
          .first()
          .evaluate((box) => box === document.activeElement),
        'the focus is lost',
      )
      await paste(page, ` ${right.slice(0, 3)} ${right.slice(3)} `)
    })
    await home(page)
  })

  await check('a dangerous act asks for a fresh proof once and is then done', page, async () => {
    await page.goto(`${base}/profile/keys`)
    await page.waitForURL(/\/t\/\d+\/profile\/keys/)
    await refused(problems, '/api/auth/api-keys', async () => {
      await button(page, 'New key').click()
      await page.getByRole('textbox', { name: 'Name' }).fill('walk')
      await button(page, 'All reading').click()
      await button(page, 'Create the key').click()
      await page.getByRole('dialog', { name: 'Confirm that it is you' }).waitFor()
    })
    await page.getByRole('dialog', { name: 'Confirm that it is you' }).getByRole('textbox').first().click()
    await page.keyboard.type(totp(secret, 1))
    const shown = page.getByRole('dialog', { name: 'Your new key' }).getByText(/^vc_/)
    const key = (await shown.textContent()) ?? ''
    must((await api('GET', '/hosts', { token: key })).status === 200, 'the key can not read')
    must((await api('POST', '/hosts', { token: key, body: { hostname: 'no' } })).status === 403, 'the key can write')
    await button(page, 'I have copied it').click()
    await page.getByRole('button', { name: 'Revoke: walk' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click()
    await page.getByText('No API key yet').waitFor()
    must((await api('GET', '/hosts', { token: key })).status === 401, 'the key outlives its end')
  })

  await check('a session ended elsewhere is renewed over the open page, with a recovery code', page, async () => {
    await page.goto(`${base}/profile/password`)
    await page.getByLabel('Present password').fill('typed before the end')
    const elsewhere = await signInByApi({ ...person, totp_code: codes[0] })
    must((await api('DELETE', '/auth/sessions', { token: elsewhere })).status === 204, 'the sessions do not end')
    await refused(problems, '/api/', async () => {
      await page.getByRole('button', { name: /^Notifications, / }).click()
      const dialog = page.getByRole('dialog', { name: 'Your session has ended' })
      await dialog.waitFor()
      await dialog.locator('input[type=password]').fill(person.password)
      await dialog.getByRole('button', { name: 'Sign in again' }).click()
      await dialog.getByRole('button', { name: 'Use a recovery code' }).click()
      await dialog.getByRole('textbox', { name: 'Recovery code' }).fill(codes[1])
      await dialog.getByRole('button', { name: 'Verify' }).click()
      await dialog.waitFor({ state: 'detached' })
    })
    must(
      (await page.getByLabel('Present password').inputValue()) === 'typed before the end',
      'what was typed on the page is lost',
    )
    await page.keyboard.press('Escape')
    await page.goto(`${base}/profile/factor`)
    await page.getByText('8 recovery codes are left').waitFor()
  })

  await check('loading a page anew in haste never spends the session twice', page, async () => {
    for (let times = 0; times < 8; times += 1) {
      await page.goto(`${base}/profile/factor`, { waitUntil: 'commit' })
      await page.waitForTimeout(60 * times)
    }
    await page.getByText('8 recovery codes are left').waitFor()
  })

  await check('too many tries show how long to wait, and let one go on then', page, async () => {
    const stranger = await openPage(browser)
    await stranger.page.goto(`${base}/login`)
    for (let tries = 0; tries < 12; tries += 1) {
      await givePassword(stranger.page, { username: `nobody-${stamp}`, password: 'not this one' })
      await stranger.page.locator('[role=alert], [role=timer]').first().waitFor()
      if ((await stranger.page.getByRole('timer').count()) > 0) break
    }
    await stranger.page.getByText(/You can try again in \d+:\d\d/).waitFor()
    must(await button(stranger.page, 'Sign in').isDisabled(), 'the button is not locked')
    await stranger.page.getByText('You can try again now.').waitFor()
    must(await button(stranger.page, 'Sign in').isEnabled(), 'the button stays locked')
    await stranger.context.close()
  })
  await context.close()
  return problems
}

/** Three tabs of one browser live through the end of their access token. */
async function threeTabs(browser) {
  const context = await openContext(browser)
  const tabs = [await openTab(context), await openTab(context), await openTab(context)]
  const refreshes = []
  let token = ''
  context.on('response', (response) => {
    if (response.url().endsWith('/api/auth/refresh')) refreshes.push(response.status())
  })
  context.on('request', (request) => {
    const sent = request.headers().authorization
    if (sent) token = sent.replace('Bearer ', '')
  })
  const root = await login(tabs[0].page)
  const pages = ['hosts', 'cases', 'runs']
  for (const [index, { page }] of tabs.entries()) {
    await page.goto(`${base}${root}/${pages[index]}`)
    await page.locator('#main h1').waitFor()
    await page.getByText('Live', { exact: true }).waitFor()
  }
  const old = token
  const before = refreshes.length

  await check('the access token of three open tabs ends, and is refused', tabs[0].page, async () => {
    const until = Date.now() + 90_000
    // The API's own word; nothing here tells the tabs that the time has come.
    while ((await api('GET', '/auth/me', { token: old })).status !== 401) {
      must(Date.now() < until, 'the token does not end: is ACCESS_TOKEN_EXPIRE_MINUTES 1?')
      await new Promise((resolve) => setTimeout(resolve, 1_000))
    }
  })

  await check('all three stay signed in, live, and at their pages', tabs[0].page, async () => {
    const next = ['cases', 'runs', 'hosts']
    await Promise.all(
      tabs.map(async ({ page }, index) => {
        await page.locator(`nav a[href="${root}/${next[index]}"]`).click()
        await page.waitForURL(`${base}${root}/${next[index]}`)
        await settle(page)
        await page.getByText('Live', { exact: true }).waitFor({ timeout: 30_000 })
        must((await page.getByRole('dialog').count()) === 0, 'a tab asks for the password')
      }),
    )
    const during = refreshes.slice(before)
    must(during.length > 0 && during.every((status) => status === 200), `refreshes answered ${during.join(', ')}`)
    must(during.length <= tabs.length, `${during.length} refreshes for ${tabs.length} tabs`)
    must(token !== old, 'the tabs still send the old token')
    const sessions = await api('GET', '/auth/sessions', { token })
    must(sessions.status === 200 && sessions.body.some((row) => row.current), 'the session is no more')
    console.log(`three tabs, one end: ${during.length} refreshes`)
  })
  await context.close()
  // The socket that ends with its token is no error of the page; a refused call would be one.
  return tabs.flatMap((tab) => tab.problems)
}

const admin = await signInByApi(operator)
const made = await api('POST', '/users', { token: admin, body: { ...person, role: 'user' } })
must(made.status === 201, `no user could be made: ${made.status} ${JSON.stringify(made.body)}`)

const browser = await launch()
const parts = { factor: secondFactor, tabs: threeTabs, tenants: tenantLife }
const wanted = Object.entries(parts).filter(([name]) => !process.env.ONLY || process.env.ONLY === name)
const runs = await Promise.allSettled(wanted.map(([, part]) => part(browser)))
await browser.close()
const problems = runs.flatMap((run) => (run.status === 'fulfilled' ? run.value : []))
for (const { name, error } of results) console.log(`${error ? 'FAIL' : 'ok  '}  ${name}${error ? `: ${error}` : ''}`)
for (const { status, reason } of runs) {
  if (status === 'rejected' && !results.some(({ error }) => error)) console.error(reason)
}
for (const problem of new Set(problems)) console.error(problem)
const failed = runs.filter((run) => run.status === 'rejected').length + new Set(problems).size
console.log(`${results.filter(({ error }) => !error).length} passed, ${failed} failed`)
process.exitCode = failed === 0 ? 0 : 1
