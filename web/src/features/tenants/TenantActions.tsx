import { Button } from '@mantine/core'
import {
  IconDoorEnter,
  IconDownload,
  IconPlayerPause,
  IconPlayerPlay,
  IconRestore,
  IconTrash,
} from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { lazy, Suspense, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Tenant } from '../../api/models'
import { useMay } from '../../app/me'
import { keys } from '../../resources/keys'
import { deleteTenant, exportTenant, restoreTenant, resumeTenant, suspendTenant } from '../../resources/tenants'
import { ConfirmDialog } from '../../ui/ConfirmDialog'
import { useErrorText } from '../../ui/errors'
import { saveFile } from '../../ui/saveFile'
import { useTimeFormat } from '../../ui/time'
import { toastDone, toastFailed } from '../../ui/toast'
import { useRefresh } from '../../ui/useRows'

const VisitDialog = lazy(async () => ({ default: (await import('./VisitDialog')).VisitDialog }))

type Question = 'suspend' | 'resume' | 'remove' | 'restore'

/** What can be done with a tenant as a whole, by those who manage tenants. */
export function TenantActions({ tenant, own }: { tenant: Tenant; own: boolean }) {
  const { t } = useTranslation()
  const [asking, setAsking] = useState<Question | 'visit' | null>(null)
  const close = () => setAsking(null)
  if (!useMay('tenants:manage')) return null
  const ask = (question: Question | 'visit') => () => setAsking(question)
  return (
    <>
      <ExportButton tenant={tenant} />
      {own ? null : (
        <>
          {tenant.status === 'suspended' ? (
            <Button size="sm" variant="default" leftSection={<IconPlayerPlay size={15} />} onClick={ask('resume')}>
              {t('tenants.resume.button')}
            </Button>
          ) : null}
          {tenant.status === 'active' ? (
            <Button size="sm" variant="default" leftSection={<IconPlayerPause size={15} />} onClick={ask('suspend')}>
              {t('tenants.suspend.button')}
            </Button>
          ) : null}
          {tenant.status === 'deleting' ? (
            <Button size="sm" leftSection={<IconRestore size={15} />} onClick={ask('restore')}>
              {t('tenants.restore.button')}
            </Button>
          ) : (
            <Button
              size="sm"
              variant="default"
              c="var(--vc-failed)"
              leftSection={<IconTrash size={15} />}
              onClick={ask('remove')}
            >
              {t('tenants.remove.button')}
            </Button>
          )}
          {tenant.status === 'active' ? (
            <Button size="sm" leftSection={<IconDoorEnter size={15} />} onClick={ask('visit')}>
              {t('tenants.visit.button')}
            </Button>
          ) : null}
        </>
      )}
      {asking !== null && asking !== 'visit' ? <Question tenant={tenant} asking={asking} onClose={close} /> : null}
      <Suspense>{asking === 'visit' ? <VisitDialog tenant={tenant} onClose={close} /> : null}</Suspense>
    </>
  )
}

/** The grace period where nobody set another; the answer to the deletion has the true date. */
const usualGrace = 7 * 86_400_000

const acts = {
  suspend: (tenant: Tenant, reason: string) => suspendTenant(tenant.id, reason),
  resume: (tenant: Tenant, reason: string) => resumeTenant(tenant.id, reason),
  restore: (tenant: Tenant, reason: string) => restoreTenant(tenant.id, reason),
  remove: (tenant: Tenant, reason: string) => deleteTenant(tenant.id, reason, tenant.name),
}

function Question({ tenant, asking, onClose }: { tenant: Tenant; asking: Question; onClose: () => void }) {
  const { t } = useTranslation()
  const refresh = useRefresh()
  const { day } = useTimeFormat()
  const [grace] = useState(() => Date.now() + usualGrace)
  const name = tenant.name
  const act = useMutation({
    mutationFn: (reason: string) => acts[asking](tenant, reason),
    onSuccess: (after) => {
      void refresh(keys.tenants)
      toastDone(t(`tenants.${asking}.done`, { tenant: name, date: after.delete_at ? day(after.delete_at) : '' }))
      onClose()
    },
  })
  return (
    <ConfirmDialog
      opened
      title={t(`tenants.${asking}.title`, { tenant: name })}
      consequence={t(`tenants.${asking}.consequence`, { tenant: name, date: day(grace) })}
      confirm={t(`tenants.${asking}.confirm`)}
      reason={t(`tenants.${asking}.reason`)}
      typed={asking === 'remove' ? { text: name, label: t('tenants.remove.type', { tenant: name }) } : undefined}
      pending={act.isPending}
      error={act.error}
      onConfirm={(reason) => act.mutate(reason)}
      onClose={onClose}
    />
  )
}

function ExportButton({ tenant }: { tenant: Tenant }) {
  const { t } = useTranslation()
  const text = useErrorText()
  const fetch = useMutation({
    mutationFn: () => exportTenant(tenant.id),
    onSuccess: (file) => {
      saveFile(file, `${tenant.name}-${new Date().toISOString().slice(0, 10)}.zip`)
      toastDone(t('tenants.export.done', { tenant: tenant.name }))
    },
    onError: (error) => toastFailed(text(error)),
  })
  return (
    <Button
      size="sm"
      variant="default"
      leftSection={<IconDownload size={15} />}
      title={fetch.isPending ? t('tenants.export.busy') : t('tenants.export.hint')}
      loading={fetch.isPending}
      onClick={() => fetch.mutate()}
    >
      {t('tenants.export.button')}
    </Button>
  )
}
