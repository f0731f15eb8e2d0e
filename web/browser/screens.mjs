// The screens there are to look at: by address, and what a click opens over one.
import { base, refused } from './browser.mjs'

/** Screens for somebody who is not signed in. The tokens are none: nothing is sent before a button is pressed. */
export const publicAddresses = {
  login: '/login',
  'forgot-password': '/forgot-password',
  'reset-password': '/reset-password#token=not-a-real-one',
  'reset-incomplete': '/reset-password',
  'verify-email': '/verify-email#token=not-a-real-one',
  'accept-invitation': '/accept-invitation#token=not-a-real-one',
  register: '/register',
}

/** Opens a list and gives the address of its first row, or null when the list is empty. */
async function firstRow(page, root, list, before = '/') {
  await page.goto(`${base}${root}/${list}`)
  const link = page.locator(`[role=gridcell] a[href*="/${list}${before}"]`).first()
  await link.waitFor({ timeout: 8_000 }).catch(() => console.log(`no row in ${list}: its page is not visited`))
  return (await link.count()) > 0 ? link.getAttribute('href') : null
}

/** The screens of administration. */
async function governed(page, root) {
  const user = await firstRow(page, root, 'users', '?row=')
  const tenant = await firstRow(page, root, 'tenants')
  await page.goto(`${base}${root}/audit`)
  const line = page.locator('[role=gridcell] button[aria-expanded]').first()
  await line.click({ timeout: 8_000 }).catch(() => console.log('no line in the audit log: none is opened'))
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

/** The screens of what comes in, and of the indicators in it. */
async function sentIn(page, root) {
  const indicator = await firstRow(page, root, 'indicators')
  const batch = await firstRow(page, root, 'ingestion')
  return {
    indicators: `${root}/indicators`,
    'indicators-paste': `${root}/indicators?new=paste`,
    'indicators-import': `${root}/indicators?new=import`,
    'indicators-new': `${root}/indicators?new=1`,
    'indicators-none': `${root}/indicators?q=there-is-no-such-indicator&origin=import`,
    ...(indicator ? { indicator, 'indicators-peek': `${root}/indicators?row=${indicator.split('/').pop()}` } : {}),
    ingestion: `${root}/ingestion`,
    'ingestion-help': `${root}/ingestion?help=1`,
    ...(batch ? { batch } : {}),
    webhooks: `${root}/webhooks`,
    'webhooks-new': `${root}/webhooks?new=1`,
  }
}

/** The screens of what is asked of endpoints; before a server is connected they say so. */
async function fleet(page, root) {
  const hunt = await firstRow(page, root, 'hunts')
  const schedule = await firstRow(page, root, 'schedules')
  const collection = await firstRow(page, root, 'collections')
  return {
    connection: `${root}/connection`,
    hunts: `${root}/hunts`,
    'hunts-new': `${root}/hunts/new?artifact=Generic.Client.Info`,
    ...(hunt
      ? {
          hunt,
          'hunt-hosts': `${hunt}?tab=hosts`,
          'hunt-errors': `${hunt}?tab=errors`,
          'hunt-about': `${hunt}?tab=about`,
        }
      : {}),
    schedules: `${root}/schedules`,
    'schedules-new': `${root}/schedules/new`,
    ...(schedule ? { schedule, 'schedule-edit': `${schedule}/edit` } : {}),
    collections: `${root}/collections`,
    ...(collection
      ? { collection, 'collection-files': `${collection}?tab=files`, 'collection-facts': `${collection}?tab=facts` }
      : {}),
  }
}

/** The address of each screen of the person's tenant. */
export async function addresses(page, root) {
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
    ...(host
      ? {
          host,
          'host-timeline': `${host}?tab=timeline`,
          'host-observations': `${host}?tab=observations`,
          'host-cases': `${host}?tab=cases`,
          'host-runs': `${host}?tab=runs`,
        }
      : {}),
    observations: `${root}/observations`,
    'observations-range': `${root}/observations?range=custom`,
    'observations-none': `${root}/observations?q=there-is-no-such-row&range=day`,
    stack: `${root}/observations/stack`,
    cases: `${root}/cases`,
    'cases-new': `${root}/cases?new=1`,
    ...(row ? { case: row } : {}),
    ...(row ? { 'case-timeline': `${row}?show=timeline` } : {}),
    ...(await sentIn(page, root)),
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
    ...(await fleet(page, root)),
    notifications: `${root}/notifications`,
    ...(await governed(page, root)),
    profile: `${root}/profile`,
    'profile-password': `${root}/profile/password`,
    'profile-factor': `${root}/profile/factor`,
    'profile-sessions': `${root}/profile/sessions`,
    'profile-keys': `${root}/profile/keys`,
    'profile-keys-new': `${root}/profile/keys?new=1`,
    'not-found': `${root}/nowhere`,
    'wrong-tenant': '/t/987654/hosts',
  }
}

const dialog = (page) => page.getByRole('dialog').first().waitFor()

/** What opens over a page, in English; `at` is the page under the person's tenant, `wide` is not there on a phone. */
export const acts = {
  palette: {
    open: async (page) => {
      await page.keyboard.press('Control+k')
      await dialog(page)
    },
  },
  preferences: {
    open: async (page) => {
      await page.getByRole('button', { name: /^Account of/ }).click()
      await page.getByRole('menuitem', { name: 'Preferences' }).click()
      await dialog(page)
    },
  },
  drawer: {
    open: async (page) => {
      await page.getByRole('button', { name: /^Notifications, / }).click()
      await dialog(page)
    },
  },
  shortcuts: {
    open: async (page) => {
      await page.keyboard.press('?')
      await dialog(page)
    },
  },
  'tenant-switch': {
    wide: true,
    open: async (page) => {
      await page.getByRole('button', { name: /^You are in / }).click()
      await page.getByPlaceholder('Find a tenant').waitFor()
    },
  },
  'hosts-bulk': {
    at: '/hosts',
    open: async (page) => {
      await page.getByRole('checkbox', { name: 'Select every row that is loaded' }).check()
      await page.getByRole('region', { name: 'What to do with the rows selected' }).waitFor()
    },
  },
  'hosts-bulk-label': {
    at: '/hosts',
    open: async (page) => {
      await page.getByRole('checkbox', { name: 'Select every row that is loaded' }).check()
      await page.getByRole('region', { name: 'What to do with the rows selected' }).waitFor()
      await page.keyboard.press('l')
      await page.getByText(/^This acts on/).waitFor()
    },
  },
  'hosts-views': {
    at: '/hosts',
    open: async (page) => {
      await page.getByRole('button', { name: 'Views' }).click()
      await page.getByRole('menuitem', { name: 'Save this view…' }).click()
      await dialog(page)
    },
  },
  'host-merge': {
    at: '/hosts',
    open: async (page) => {
      await page.locator('[role=gridcell] a').first().click()
      await page.getByRole('button', { name: 'Merge' }).click()
      await dialog(page)
    },
  },
  'host-fields': {
    at: '/hosts',
    open: async (page) => {
      await page.locator('[role=gridcell] a').first().click()
      await page.getByRole('button', { name: 'Define fields' }).click()
      await page.getByRole('button', { name: 'Add field' }).click()
      await page.getByRole('textbox', { name: 'Label' }).waitFor()
    },
  },
  'host-notes': {
    at: '/hosts',
    open: async (page) => {
      await page.locator('[role=gridcell] a').first().click()
      await page.getByRole('button', { name: /^(Write|Edit) notes$/ }).click()
      await page.getByRole('textbox', { name: 'Notes in Markdown' }).waitFor()
    },
  },
  'observation-row': {
    at: '/observations',
    open: async (page) => {
      await page.getByRole('grid').waitFor()
      await page.getByRole('gridcell').last().click()
      await dialog(page)
    },
  },
  'audit-verified': {
    at: '/audit',
    open: async (page) => {
      await page.getByRole('button', { name: 'Check the whole log' }).click()
      await page.getByRole('button', { name: 'Check again' }).waitFor()
    },
  },
  'factor-setup': {
    at: '/profile/factor',
    open: async (page) => {
      await page.getByRole('button', { name: 'Set up two-factor sign-in' }).click()
      await page.getByRole('img', { name: /^QR code/ }).waitFor()
    },
  },
  'step-up': {
    at: '/profile/keys?new=1',
    open: (page, { problems }) =>
      refused(problems, '/api/auth/api-keys', async () => {
        await page.getByRole('textbox', { name: 'Name' }).fill('Looked at, never made')
        await page.getByRole('button', { name: 'All reading' }).click()
        await page.getByRole('button', { name: 'Create the key' }).click()
        await page.getByRole('dialog', { name: 'Confirm that it is you' }).waitFor()
      }),
  },
}
