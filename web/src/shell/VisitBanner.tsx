import { UnstyledButton } from '@mantine/core'
import { IconEye } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import { useNavigate } from 'react-router'
import { session } from '../api/http'
import type { Visit } from '../api/models'
import { pathsOf } from '../app/me'
import { leaveTenant } from '../resources/tenants'
import { useErrorText } from '../ui/errors'
import { useNow, useTimeFormat } from '../ui/time'
import { toastDone, toastFailed } from '../ui/toast'
import css from './Shell.module.css'

/** Above everything while one is in another tenant: where, until when, why, and the way out. */
export function VisitBanner({ visit }: { visit: Visit }) {
  const { t } = useTranslation()
  const { hourMinute } = useTimeFormat()
  const present = useNow()
  const leave = useLeave(visit)
  useEndOf(visit)
  const minutes = Math.max(0, Math.ceil((Date.parse(visit.until) - present) / 60_000))
  return (
    <section className={css.visit} aria-label={t('shell.visit.label')}>
      <IconEye size={18} aria-hidden style={{ flex: 'none' }} />
      <p>
        <strong>{t('shell.visit.where', { tenant: visit.tenant_name, time: hourMinute(visit.until) })}</strong>{' '}
        {t('shell.visit.why', { reason: visit.reason })}
      </p>
      <span className={css.visitLeft}>{t('shell.visit.left', { count: minutes })}</span>
      <UnstyledButton className={css.leave} disabled={leave.isPending} onClick={() => leave.mutate()}>
        {t('shell.visit.leave')}
      </UnstyledButton>
    </section>
  )
}

function useLeave(visit: Visit) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const text = useErrorText()
  return useMutation({
    mutationFn: leaveTenant,
    onSuccess: () => {
      void navigate(pathsOf(visit.home_tenant_id).dashboard)
      toastDone(t('shell.visit.gone', { tenant: visit.tenant_name }))
    },
    onError: (error) => toastFailed(text(error)),
  })
}

const again = 5_000

/** When its time is over, the session asks for a token and so finds itself at home. */
function useEndOf({ until }: Visit): void {
  useEffect(() => {
    let timer: number | undefined
    const ask = () => {
      void session.refresh(session.current()).catch(() => undefined)
      timer = window.setTimeout(ask, again)
    }
    timer = window.setTimeout(ask, Math.max(0, Date.parse(until) - Date.now()) + 500)
    return () => window.clearTimeout(timer)
  }, [until])
}
