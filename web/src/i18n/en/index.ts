import type { account } from './account'
import type { auth } from './auth'
import { cases } from './cases'
import { common } from './common'
import { dashboard } from './dashboard'
import { errors } from './errors'
import { hosts } from './hosts'
import { notifications } from './notifications'
import { playbooks } from './playbooks'
import { runs } from './runs'
import { shell } from './shell'

/** The English texts that every screen has from the start. */
export const en = { cases, common, dashboard, errors, hosts, notifications, playbooks, runs, shell }

/** The English texts that come with the pages they belong to (see addTexts). */
export interface LaterTexts {
  account: typeof account
  auth: typeof auth
}

/** Every text of the screen in English: its shape is the type of the translation keys. */
export type Texts = typeof en & LaterTexts
