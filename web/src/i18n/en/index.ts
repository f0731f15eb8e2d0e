import type { account } from './account'
import type { audit } from './audit'
import type { auth } from './auth'
import type { cases } from './cases'
import type { collections } from './collections'
import { common } from './common'
import type { connection } from './connection'
import type { dashboard } from './dashboard'
import { errors } from './errors'
import type { help } from './help'
import type { hosts } from './hosts'
import type { hostWork } from './hostWork'
import type { hunts } from './hunts'
import type { indicators } from './indicators'
import type { ingestion } from './ingestion'
import type { jobs } from './jobs'
import { notifications } from './notifications'
import type { observations } from './observations'
import type { playbooks } from './playbooks'
import type { runs } from './runs'
import type { schedules } from './schedules'
import { shell } from './shell'
import type { tenants } from './tenants'
import type { timeline } from './timeline'
import type { users } from './users'
import type { veloArtifacts } from './veloArtifacts'
import type { views } from './views'
import type { webhooks } from './webhooks'

/** The English texts that every screen has from the start. */
export const en = { common, errors, notifications, shell }

/** The English texts that come with the pages they belong to (see addTexts). */
export interface LaterTexts {
  account: typeof account
  audit: typeof audit
  auth: typeof auth
  cases: typeof cases
  collections: typeof collections
  connection: typeof connection
  dashboard: typeof dashboard
  help: typeof help
  hosts: typeof hosts
  hostWork: typeof hostWork
  hunts: typeof hunts
  indicators: typeof indicators
  ingestion: typeof ingestion
  jobs: typeof jobs
  observations: typeof observations
  playbooks: typeof playbooks
  runs: typeof runs
  schedules: typeof schedules
  tenants: typeof tenants
  timeline: typeof timeline
  users: typeof users
  veloArtifacts: typeof veloArtifacts
  views: typeof views
  webhooks: typeof webhooks
}

/** Every text of the screen in English: its shape is the type of the translation keys. */
export type Texts = typeof en & LaterTexts
