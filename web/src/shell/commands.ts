import { useComputedColorScheme, useMantineColorScheme } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import {
  IconBriefcase,
  IconChecks,
  IconClipboardText,
  IconDeviceDesktop,
  IconKeyboard,
  IconListCheck,
  IconLogout,
  IconPlus,
  IconSunMoon,
  IconUserCog,
  type TablerIcon,
} from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { useNavigate } from 'react-router'
import { useMay, useMe, usePaths } from '../app/me'
import { logout } from '../resources/auth'
import { caseSearchQuery } from '../resources/cases'
import { hostSearchQuery } from '../resources/hosts'
import { keys } from '../resources/keys'
import { markAllRead } from '../resources/notifications'
import { openJobs } from '../ui/jobs/state'
import { percent } from '../ui/severity'
import { useRefresh } from '../ui/useRows'
import { openDialog } from './dialogState'
import { navigation } from './entries'

export type CommandGroup = 'pages' | 'actions' | 'hosts' | 'cases'

export interface Command {
  id: string
  group: CommandGroup
  icon: TablerIcon
  label: string
  detail?: string
  run: () => void
}

/** What was typed, split into the kind it asks for and the words. */
export function parseQuery(typed: string): { only: CommandGroup | null; words: string } {
  const only = ({ '>': 'actions', '@': 'hosts', '#': 'cases' } as const)[typed.trimStart()[0] ?? ''] ?? null
  return { only, words: (only ? typed.trimStart().slice(1) : typed).trim() }
}

/**
 * Everything the palette offers for what was typed, best group first. Pages and actions follow every key; hosts and
 * cases are asked for once the typing rests. `awaiting` says that what is listed does not answer what was typed yet.
 */
export function useCommands(typed: string): { commands: Command[]; awaiting: boolean } {
  const [rested] = useDebouncedValue(typed, 120)
  const { only, words } = parseQuery(typed)
  const standing = [...usePageCommands(), ...useActionCommands()]
  const asked = parseQuery(rested)
  const objects = useObjectCommands(asked.only, asked.words)
  const wanted = words.toLowerCase()
  const matching = standing.filter(
    (command) => (only === null || only === command.group) && command.label.toLowerCase().includes(wanted),
  )
  const found = rested === typed ? objects.commands : []
  const awaiting = matching.length === 0 && only !== 'actions' && (rested !== typed || objects.searching)
  return { commands: [...matching, ...found], awaiting }
}

function usePageCommands(): Command[] {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const paths = usePaths()
  return navigation(useMe().permissions).flatMap((group) =>
    group.entries.map((entry) => ({
      id: `page-${entry.page}`,
      group: 'pages' as const,
      icon: entry.icon,
      label: t(`shell.nav.${entry.page}`),
      detail: `g ${entry.key}`,
      run: () => void navigate(paths[entry.page]),
    })),
  )
}

function useActionCommands(): Command[] {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const paths = usePaths()
  const refresh = useRefresh()
  const { setColorScheme } = useMantineColorScheme()
  const dark = useComputedColorScheme('dark') === 'dark'
  const [hosts, cases, playbooks] = [useMay('hosts:write'), useMay('cases:write'), useMay('playbooks:manage')]
  const users = useMay('users:manage')
  const indicators = useMay('indicators:write')
  const action = (id: string, icon: TablerIcon, label: string, run: () => void): Command => ({
    id: `action-${id}`,
    group: 'actions',
    icon,
    label,
    run,
  })
  const go = (to: string) => () => void navigate(to)
  const readAll = () => void markAllRead().then(() => refresh(keys.notifications, keys.dashboard))
  return [
    ...(hosts ? [action('host', IconPlus, t('shell.search.newHost'), go(`${paths.hosts}?new=1`))] : []),
    ...(cases ? [action('case', IconPlus, t('shell.search.newCase'), go(`${paths.cases}?new=1`))] : []),
    ...(indicators
      ? [action('paste', IconClipboardText, t('shell.search.pasteIndicators'), go(`${paths.indicators}?new=paste`))]
      : []),
    ...(playbooks ? [action('playbook', IconPlus, t('shell.search.newPlaybook'), go(paths.newPlaybook))] : []),
    ...(users ? [action('user', IconPlus, t('shell.search.newUser'), go(`${paths.users}?new=1`))] : []),
    action('read', IconChecks, t('shell.search.markAllRead'), readAll),
    action('jobs', IconListCheck, t('shell.search.jobs'), () => openJobs()),
    action('theme', IconSunMoon, t('shell.search.toggleTheme'), () => setColorScheme(dark ? 'light' : 'dark')),
    action('account', IconUserCog, t('shell.user.account'), () => void navigate(paths.profile())),
    action('help', IconKeyboard, t('shell.search.help'), () => openDialog('shortcuts')),
    action('out', IconLogout, t('shell.search.signOut'), () => void logout()),
  ]
}

function useObjectCommands(only: CommandGroup | null, words: string): { commands: Command[]; searching: boolean } {
  const navigate = useNavigate()
  const paths = usePaths()
  const wants = (group: CommandGroup) => (only === group ? true : only === null && words.length >= 2)
  const hosts = useQuery({ ...hostSearchQuery(words), enabled: wants('hosts') })
  const byNumber = /^\d+$/.test(words)
  const cases = useQuery({ ...caseSearchQuery(byNumber ? '' : words), enabled: wants('cases') })
  const hostCommands = (wants('hosts') ? (hosts.data?.rows ?? []) : []).map((host) => ({
    id: `host-${host.id}`,
    group: 'hosts' as const,
    icon: IconDeviceDesktop,
    label: host.hostname,
    detail: String(percent(host.threat_score)),
    run: () => void navigate(paths.host(host.id)),
  }))
  const found = (wants('cases') ? (cases.data?.rows ?? []) : []).filter(
    (row) => !byNumber || String(row.id).startsWith(words),
  )
  const caseCommands = found.map((row) => ({
    id: `case-${row.id}`,
    group: 'cases' as const,
    icon: IconBriefcase,
    label: row.title,
    detail: `#${row.id}`,
    run: () => void navigate(paths.case(row.id)),
  }))
  return { commands: [...hostCommands, ...caseCommands], searching: hosts.isFetching || cases.isFetching }
}
