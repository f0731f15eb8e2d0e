import {
  IconBell,
  IconBriefcase,
  IconBuilding,
  IconCalendarRepeat,
  IconDeviceDesktop,
  IconDeviceDesktopDown,
  IconEye,
  IconFingerprint,
  IconHistory,
  IconLayoutDashboard,
  IconListSearch,
  IconPackageImport,
  IconPlugConnected,
  IconRoute2,
  IconTargetArrow,
  IconUsers,
  IconWebhook,
  type TablerIcon,
} from '@tabler/icons-react'
import { may, type Permission } from '../app/permissions'

export type PageName =
  | 'dashboard'
  | 'cases'
  | 'hosts'
  | 'observations'
  | 'indicators'
  | 'hunts'
  | 'schedules'
  | 'playbooks'
  | 'runs'
  | 'notifications'
  | 'ingestion'
  | 'webhooks'
  | 'collections'
  | 'connection'
  | 'users'
  | 'tenants'
  | 'audit'

export interface Entry {
  page: PageName
  icon: TablerIcon
  /** The second key after g. */
  key: string
  permission: Permission
}

interface Group {
  name: 'work' | 'automate' | 'govern'
  entries: Entry[]
}

const groups: Group[] = [
  {
    name: 'work',
    entries: [
      { page: 'dashboard', icon: IconLayoutDashboard, key: 'd', permission: 'dashboard:read' },
      { page: 'cases', icon: IconBriefcase, key: 'c', permission: 'cases:read' },
      { page: 'hosts', icon: IconDeviceDesktop, key: 'h', permission: 'hosts:read' },
      { page: 'observations', icon: IconEye, key: 'o', permission: 'observations:read' },
      { page: 'collections', icon: IconDeviceDesktopDown, key: 'f', permission: 'velociraptor:read' },
      { page: 'indicators', icon: IconFingerprint, key: 'i', permission: 'indicators:read' },
      { page: 'hunts', icon: IconTargetArrow, key: 'u', permission: 'velociraptor:read' },
      { page: 'notifications', icon: IconBell, key: 'n', permission: 'notifications:own' },
    ],
  },
  {
    name: 'automate',
    entries: [
      { page: 'playbooks', icon: IconRoute2, key: 'p', permission: 'playbooks:read' },
      { page: 'runs', icon: IconHistory, key: 'r', permission: 'executions:read' },
      { page: 'schedules', icon: IconCalendarRepeat, key: 's', permission: 'velociraptor:read' },
    ],
  },
  {
    name: 'govern',
    entries: [
      { page: 'ingestion', icon: IconPackageImport, key: 'b', permission: 'ingestion:read' },
      { page: 'webhooks', icon: IconWebhook, key: 'w', permission: 'webhooks:manage' },
      { page: 'connection', icon: IconPlugConnected, key: 'v', permission: 'velociraptor:manage' },
      { page: 'users', icon: IconUsers, key: 'm', permission: 'users:read' },
      { page: 'tenants', icon: IconBuilding, key: 't', permission: 'tenants:read' },
      { page: 'audit', icon: IconListSearch, key: 'l', permission: 'audit:read' },
    ],
  },
]

/** The navigation of somebody with these permissions: only what they may use, no empty group. */
export function navigation(held: readonly string[] | null | undefined): Group[] {
  return groups
    .map((group) => ({ ...group, entries: group.entries.filter((entry) => may(held, entry.permission)) }))
    .filter((group) => group.entries.length > 0)
}
