import { Button } from '@mantine/core'
import { IconShieldCheck, IconShieldOff } from '@tabler/icons-react'
import { lazy, Suspense, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Me } from '../../api/models'
import { useMe } from '../../app/me'
import { disableFactor, renewRecoveryCodes } from '../../resources/account'
import { keys } from '../../resources/keys'
import { Panel } from '../../ui/Page'
import { LoadingLines } from '../../ui/States'
import { toastDone } from '../../ui/toast'
import { useRefresh } from '../../ui/useRows'
import css from './Profile.module.css'

const Enrolment = lazy(async () => ({ default: (await import('../auth/Enrolment')).Enrolment }))
const RecoveryCodes = lazy(async () => ({ default: (await import('../auth/RecoveryCodes')).RecoveryCodes }))
const CodeDialog = lazy(async () => ({ default: (await import('./CodeDialog')).CodeDialog }))

/** The second factor: setting it up, its recovery codes, turning it off. */
export function FactorTab() {
  const { t } = useTranslation()
  const me = useMe()
  const refresh = useRefresh()
  // The account may say that the factor is on before the recovery codes are put away.
  const [keeping, setKeeping] = useState(false)
  return (
    <Panel title={t('account.factor.title')} className={css.wide}>
      {keeping || !me.totp_enabled ? (
        <div className={css.part}>
          <Suspense fallback={<LoadingLines lines={4} />}>
            <Enrolment
              intro={<State on={false} hint={t('account.factor.offHint')} />}
              cancellable
              onCodes={() => setKeeping(true)}
              onDone={() => {
                toastDone(t('account.factor.enabled'))
                setKeeping(false)
                void refresh(keys.me)
              }}
            />
          </Suspense>
        </div>
      ) : (
        <Enrolled me={me} />
      )}
    </Panel>
  )
}

function State({ on, hint }: { on: boolean; hint: string }) {
  const { t } = useTranslation()
  const Icon = on ? IconShieldCheck : IconShieldOff
  return (
    <div>
      <span className={css.state} data-tone={on ? 'ok' : 'waiting'}>
        <span className={css.status} role="status">
          <Icon size={18} aria-hidden />
          {on ? t('account.factor.on') : t('account.factor.off')}
        </span>
      </span>
      <p className={css.hint}>{hint}</p>
    </div>
  )
}

function Enrolled({ me }: { me: Me }) {
  const { t } = useTranslation()
  const refresh = useRefresh()
  const [dialog, setDialog] = useState<'renew' | 'disable' | null>(null)
  const [codes, setCodes] = useState<string[] | null>(null)
  const close = () => setDialog(null)
  if (codes) {
    const done = () => {
      setCodes(null)
      void refresh(keys.me)
    }
    return (
      <Suspense>
        <RecoveryCodes codes={codes} onDone={done} />
      </Suspense>
    )
  }
  const required = me.totp_required ?? false
  return (
    <>
      <div className={css.part}>
        <State
          on
          hint={required ? `${t('account.factor.onHint')} ${t('account.factor.required')}` : t('account.factor.onHint')}
        />
        <Button size="sm" variant="default" onClick={() => setDialog('disable')}>
          {required ? t('account.factor.move') : t('account.factor.disable')}
        </Button>
      </div>
      <RecoveryState left={me.recovery_codes_left ?? 0} onRenew={() => setDialog('renew')} />
      <Suspense>
        {dialog === 'renew' ? (
          <CodeDialog
            title={t('account.factor.renewTitle')}
            hint={t('account.factor.renewHint')}
            submit={t('account.factor.renew')}
            action={async (code) => {
              const { recovery_codes } = await renewRecoveryCodes(code)
              close()
              setCodes(recovery_codes)
            }}
            onClose={close}
          />
        ) : null}
        {dialog === 'disable' ? (
          <CodeDialog
            title={required ? t('account.factor.move') : t('account.factor.disableTitle')}
            hint={required ? t('account.factor.moveHint') : t('account.factor.disableHint')}
            submit={t('account.factor.disable')}
            danger
            action={async (code) => {
              await disableFactor(code)
              close()
              toastDone(t('account.factor.disabled'))
              void refresh(keys.me)
            }}
            onClose={close}
          />
        ) : null}
      </Suspense>
    </>
  )
}

function RecoveryState({ left, onRenew }: { left: number; onRenew: () => void }) {
  const { t } = useTranslation()
  const few = left < 3
  return (
    <div className={css.part}>
      <div>
        <span className={css.state} data-tone={few ? 'waiting' : 'ok'}>
          <span className={css.status}>{t('account.factor.left', { count: left })}</span>
        </span>
        <p className={css.hint}>{few ? t('account.factor.leftFew') : t('account.factor.leftHint')}</p>
      </div>
      <Button size="sm" variant="default" onClick={onRenew}>
        {t('account.factor.renew')}
      </Button>
    </div>
  )
}
