import {
  IconBell,
  IconBriefcase,
  IconDeviceDesktop,
  IconFingerprint,
  IconHistory,
  IconLayoutDashboard,
  IconRoute2,
  type TablerIcon,
} from '@tabler/icons-react'
import { may, type Permission } from '../app/permissions'

export type PageName = 'dashboard' | 'cases' | 'hosts' | 'indicators' | 'playbooks' | 'runs' | 'notifications'

export interface Entry {
  page: PageName
  icon: TablerIcon
  /** The second key after g. */
  key: string
  permission: Permission
}

interface Group {
  name: 'work' | 'automate'
  entries: Entry[]
}

const groups: Group[] = [
  {
    name: 'work',
    entries: [
      { page: 'dashboard', icon: IconLayoutDashboard, key: 'd', permission: 'read' },
      { page: 'cases', icon: IconBriefcase, key: 'c', permission: 'read' },
      { page: 'hosts', icon: IconDeviceDesktop, key: 'h', permission: 'read' },
      { page: 'indicators', icon: IconFingerprint, key: 'i', permission: 'read' },
      { page: 'notifications', icon: IconBell, key: 'n', permission: 'read' },
    ],
  },
  {
    name: 'automate',
    entries: [
      { page: 'playbooks', icon: IconRoute2, key: 'p', permission: 'read' },
      { page: 'runs', icon: IconHistory, key: 'r', permission: 'read' },
    ],
  },
]

/** The navigation somebody of this role sees: only what the role can use, no empty group. */
export function navigation(role: string): Group[] {
  return groups
    .map((group) => ({ ...group, entries: group.entries.filter((entry) => may(role, entry.permission)) }))
    .filter((group) => group.entries.length > 0)
}
