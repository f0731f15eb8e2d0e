// What the walks through accounts and tenants are made of: named steps, calls of the API, and what people press.
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { base } from './browser.mjs'

export const stamp = Date.now().toString(36)
export const results = []

export async function check(name, page, work) {
  try {
    await work()
    results.push({ name })
  } catch (error) {
    results.push({ name, error: error.message.split('\n').slice(0, 4).join(' ') })
    await page.screenshot({ path: join(tmpdir(), `account-${results.length}.png`) }).catch(() => undefined)
    throw error
  }
}

export function must(truth, what) {
  if (!truth) throw new Error(what)
}

/** Calls the API as a program does. */
export async function api(method, path, { token, body } = {}) {
  const headers = { 'Content-Type': 'application/json', ...(token ? { Authorization: `Bearer ${token}` } : {}) }
  const response = await fetch(`${base}/api${path}`, { method, headers, body: body && JSON.stringify(body) })
  const text = await response.text()
  return { status: response.status, body: text ? JSON.parse(text) : null }
}

export async function signInByApi(credentials) {
  const { status, body } = await api('POST', '/auth/login', { body: credentials })
  must(status === 200, `login as ${credentials.username}: ${status} ${body?.code}`)
  return body.access_token
}

export const button = (page, name) => page.getByRole('button', { name, exact: true })
export const digits = (page) => page.getByRole('textbox', { name: /^Digit / })

export async function signOut(page) {
  await page.getByRole('button', { name: /^Account of/ }).click()
  await page.getByRole('menuitem', { name: 'Sign out' }).click()
  await page.waitForURL(/\/login/)
}

export async function givePassword(page, { username, password }) {
  await page.locator('input[autocomplete=username]').fill(username)
  await page.locator('input[type=password]').fill(password)
  await page.locator('button[type=submit]').click()
}
