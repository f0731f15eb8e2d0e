import '../../i18n/hostWork'
import { ActionIcon } from '@mantine/core'
import { IconX } from '@tabler/icons-react'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Host, HostAlias } from '../../api/models'
import { useMay } from '../../app/me'
import { forgetAlias, hostAliasesQuery } from '../../resources/hosts'
import { keys } from '../../resources/keys'
import { ConfirmDialog } from '../../ui/ConfirmDialog'
import { CopyText } from '../../ui/CopyText'
import { Panel } from '../../ui/Page'
import { TimeAgo } from '../../ui/TimeAgo'
import { useRefresh } from '../../ui/useRows'
import css from './Hosts.module.css'

/** The other names and client ids of a machine, from hosts that were merged into it; nothing where there are none. */
export function AliasPanel({ host }: { host: Host }) {
  const { t } = useTranslation()
  const aliases = useQuery(hostAliasesQuery(host.id)).data ?? []
  const [asking, setAsking] = useState<HostAlias | null>(null)
  const write = useMay('hosts:write')
  if (aliases.length === 0) return null
  return (
    <Panel title={t('hostWork.aliases.title')}>
      <span className={css.muted}>{t('hostWork.aliases.hint')}</span>
      <ul className={css.cases}>
        {aliases.map((alias) => (
          <li key={alias.id} className={css.choice} style={{ alignItems: 'center' }}>
            <span className={css.muted}>{t(`hostWork.aliases.kinds.${alias.kind}`)}</span>
            <CopyText value={alias.value} />
            <span className={css.muted} style={{ marginInlineStart: 'auto' }}>
              {t('hostWork.aliases.since')} <TimeAgo at={alias.created_at} />
            </span>
            {write ? (
              <ActionIcon
                aria-label={t('hostWork.aliases.forget', { value: alias.value })}
                title={t('hostWork.aliases.forget', { value: alias.value })}
                onClick={() => setAsking(alias)}
              >
                <IconX size={15} />
              </ActionIcon>
            ) : null}
          </li>
        ))}
      </ul>
      {asking ? <Forget host={host} alias={asking} onClose={() => setAsking(null)} /> : null}
    </Panel>
  )
}

function Forget({ host, alias, onClose }: { host: Host; alias: HostAlias; onClose: () => void }) {
  const { t } = useTranslation()
  const refresh = useRefresh()
  const forget = useMutation({
    mutationFn: () => forgetAlias(host.id, alias.id),
    onSuccess: () => {
      onClose()
      return refresh(keys.hosts)
    },
  })
  return (
    <ConfirmDialog
      opened
      title={t('hostWork.aliases.forgetTitle', { value: alias.value })}
      consequence={t('hostWork.aliases.forgetConsequence')}
      confirm={t('hostWork.aliases.forgetConfirm')}
      pending={forget.isPending}
      error={forget.error}
      onConfirm={() => forget.mutate()}
      onClose={onClose}
    />
  )
}
