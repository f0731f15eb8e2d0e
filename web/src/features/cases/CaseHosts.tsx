import { ActionIcon } from '@mantine/core'
import { IconDeviceDesktop, IconX } from '@tabler/icons-react'
import { useMutation, useQuery } from '@tanstack/react-query'
import { lazy, Suspense } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import type { Host } from '../../api/models'
import { useMay, usePaths } from '../../app/me'
import { addCaseHost, caseHostsQuery, removeCaseHost } from '../../resources/cases'
import { keys } from '../../resources/keys'
import { useErrorText } from '../../ui/errors'
import { Panel } from '../../ui/Page'
import { ScoreBadge } from '../../ui/SeverityBadge'
import { EmptyState, ErrorState, LoadingLines } from '../../ui/States'
import { toastFailed } from '../../ui/toast'
import { useRefresh } from '../../ui/useRows'
import css from './Cases.module.css'

const RowPicker = lazy(async () => ({ default: (await import('../../ui/RowPicker')).RowPicker }))

/** The hosts a case is about, and the field that adds one. */
export function CaseHosts({ caseId }: { caseId: number }) {
  const { t } = useTranslation()
  const work = useMay('cases:write')
  const query = useQuery(caseHostsQuery(caseId))
  const change = useChangeHosts(caseId)
  return (
    <Panel title={t('cases.hosts.title')}>
      {query.isPending ? <LoadingLines lines={2} /> : null}
      {query.error && !query.data ? <ErrorState error={query.error} retry={() => void query.refetch()} /> : null}
      {query.data?.rows.length === 0 ? (
        <EmptyState compact icon={IconDeviceDesktop} title={t('cases.hosts.empty')} />
      ) : null}
      <ul className={css.links}>
        {query.data?.rows.map((host) => (
          <HostLine
            key={host.id}
            host={host}
            onRemove={work ? () => change.mutate({ hostId: host.id, add: false }) : undefined}
          />
        ))}
      </ul>
      {work ? (
        <Suspense>
          <RowPicker
            kind="host"
            label={t('cases.hosts.add')}
            value=""
            onChange={(id) => id && change.mutate({ hostId: Number(id), add: true })}
          />
        </Suspense>
      ) : null}
    </Panel>
  )
}

function HostLine({ host, onRemove }: { host: Host; onRemove?: () => void }) {
  const { t } = useTranslation()
  const paths = usePaths()
  return (
    <li className={css.line}>
      <Link to={paths.host(host.id)} className={css.link}>
        <span className="truncate">{host.hostname}</span>
        <ScoreBadge score={host.threat_score} />
      </Link>
      {onRemove ? (
        <ActionIcon onClick={onRemove} aria-label={t('cases.hosts.remove', { name: host.hostname })}>
          <IconX size={14} />
        </ActionIcon>
      ) : null}
    </li>
  )
}

function useChangeHosts(caseId: number) {
  const refresh = useRefresh()
  const text = useErrorText()
  return useMutation({
    mutationFn: async ({ hostId, add }: { hostId: number; add: boolean }): Promise<void> => {
      await (add ? addCaseHost(caseId, hostId) : removeCaseHost(caseId, hostId))
    },
    onSuccess: () => refresh(keys.cases),
    onError: (error) => toastFailed(text(error)),
  })
}
