// The life of a tenant in a browser: made with its first administrator, who is invited and must set up a second factor;
// visited, suspended, resumed, deleted and restored.
import { base, home, login, openPage, operator, refused } from './browser.mjs'
import { button, check, digits, must, stamp } from './steps.mjs'
import { totp } from './totp.mjs'

const name = `Customer ${stamp}`
const password = `a key for ${stamp} doors`

/** Answers the question for a fresh proof, when it comes. */
async function prove(page) {
  const dialog = page.getByRole('dialog', { name: 'Confirm that it is you' })
  await dialog.waitFor({ timeout: 3_000 }).catch(() => undefined)
  if ((await dialog.count()) === 0) return
  await dialog.locator('input[type=password]').fill(operator.password)
  await dialog.getByRole('button', { name: 'Confirm' }).click()
}

/** Presses a button of the tenant's page, says why, and goes through with it. */
async function act(page, press, confirm, typed) {
  await button(page, press).click()
  const dialog = page.getByRole('dialog').first()
  await dialog.getByLabel(/^Why/).fill('a walk')
  if (typed) await dialog.getByLabel(/^Type /).fill(typed)
  await dialog.getByRole('button', { name: confirm, exact: true }).click()
  await prove(page)
}

/** Somebody who is invited becomes the administrator of the tenant, with a second factor. */
async function firstAdministrator(browser, link) {
  const { page, problems } = await openPage(browser)
  await check('an invitation leads to a password and into the tenant', page, async () => {
    await page.goto(link)
    await page.waitForFunction(() => window.location.hash === '')
    for (const field of await page.locator('input[type=password]').all()) await field.fill(password)
    await button(page, 'Accept and sign in').click()
    await home(page)
  })
  await check('a second factor that the tenant demands stands before every page until it is set up', page, async () => {
    const root = new URL(page.url()).pathname.split('/').slice(0, 3).join('/')
    await page.goto(`${base}${root}/tenants/${root.split('/').pop()}`)
    await page.getByLabel('Administrator', { exact: true }).check()
    await refused(problems, '/api/', async () => {
      const saved = page.waitForResponse((answer) => /\/api\/tenants\/\d+$/.test(answer.url()) && answer.ok())
      await button(page, 'Save settings').click()
      await saved
      await page.goto(`${base}${root}/hosts`)
      await page.getByText('A second factor is required').first().waitFor()
    })
    await button(page, 'Set up two-factor sign-in').click()
    const secret = (await page.getByText(/^[A-Z2-7]{32}$/).textContent()) ?? ''
    await digits(page).first().click()
    await page.keyboard.type(totp(secret))
    await page.getByLabel('I have put them in a safe place').check()
    await button(page, 'Done').click()
    await page.waitForURL(`${base}${root}/hosts`)
    await page.getByRole('heading', { name: /^Hosts/ }).waitFor()
  })
  return { page, problems }
}

export async function tenantLife(browser) {
  const { page, context, problems } = await openPage(browser)
  const root = await login(page)
  let link = ''
  let at = ''

  await check('a tenant is made, with a link for its first administrator', page, async () => {
    await page.goto(`${base}${root}/tenants?new=1`)
    await page.getByLabel('Name', { exact: true }).fill(name)
    await page.getByLabel('User name').fill(`first-${stamp}`)
    await button(page, 'Create tenant').click()
    link = await page.getByRole('textbox', { name: 'Link' }).inputValue()
    await page.getByRole('dialog').getByRole('button').last().click()
    await page.waitForURL(/\/tenants\/\d+$/)
    at = page.url()
  })
  const admin = await firstAdministrator(browser, link)

  await check('a visit shows on every page, is told to those visited, and ends with Leave', page, async () => {
    await refused(problems, '/switch', async () => {
      await act(page, 'Visit', 'Visit')
      await page.getByText(`Visiting ${name} until`).waitFor()
    })
    const there = await home(page)
    must(there !== root, 'the visitor is still at home')
    await page.goto(`${base}${there}/hosts`)
    await page.getByText(`Visiting ${name} until`).waitFor()
    await admin.page.goto(`${base}${there}/notifications`)
    await admin.page.getByText(/visit/i).first().waitFor()
    await button(page, 'Leave').click()
    await page.waitForURL(`${base}${root}`)
    must((await page.getByText(`Visiting ${name}`).count()) === 0, 'the visit goes on')
  })

  await check('a suspended tenant is out at once, and comes back', page, async () => {
    await page.goto(at)
    await refused(admin.problems, '/api/', async () => {
      await act(page, 'Suspend', 'Suspend tenant')
      await page.getByText(/^Suspended: a walk/).waitFor()
      await admin.page.getByText('Your session has ended').first().waitFor()
    })
    await act(page, 'Resume', 'Resume tenant')
    await button(page, 'Suspend').waitFor()
  })

  await check('a deleted tenant shows until when it can be restored, and is', page, async () => {
    await act(page, 'Delete tenant', 'Delete tenant', name)
    await page.getByText(/Everything of this tenant is deleted on/).waitFor()
    await act(page, 'Restore', 'Restore tenant')
    await button(page, 'Suspend').waitFor()
  })
  await admin.page.context().close()
  await context.close()
  return [...problems, ...admin.problems]
}
