import { audit } from './audit'
import { auth } from './auth'
import { cases } from './cases'
import { common } from './common'
import { dashboard } from './dashboard'
import { errors } from './errors'
import { hosts } from './hosts'
import { notifications } from './notifications'
import { playbooks } from './playbooks'
import { runs } from './runs'
import { shell } from './shell'
import { tenants } from './tenants'
import { users } from './users'

/** Every text of the screen in English. Its shape is the type of the translation keys. */
export const en = {
  audit,
  auth,
  cases,
  common,
  dashboard,
  errors,
  hosts,
  notifications,
  playbooks,
  runs,
  shell,
  tenants,
  users,
}
