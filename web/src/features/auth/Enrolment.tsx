import { Button } from '@mantine/core'
import { IconShieldPlus } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { FactorSetup } from '../../api/models'
import { setUpFactor, verifyFactor } from '../../resources/account'
import { CodeField } from '../../ui/CodeField'
import { CopyText } from '../../ui/CopyText'
import { ErrorAlert } from '../../ui/ErrorAlert'
import { retryAt, useCountdown } from '../../ui/useCountdown'
import css from './Enrolment.module.css'
import { RecoveryCodes } from './RecoveryCodes'

interface EnrolmentProps {
  /** Stands before it until the factor is on. */
  intro: ReactNode
  /** The factor is on and its recovery codes are shown. */
  onCodes?: () => void
  /** The recovery codes are put away. */
  onDone: () => void
  /** Whether one may leave it half-way. */
  cancellable?: boolean
}

/** Sets up an authenticator: its secret, the first code of it, and the recovery codes, which are shown this once. */
export function Enrolment({ intro, onCodes, onDone, cancellable }: EnrolmentProps) {
  const { t } = useTranslation()
  const setUp = useMutation({ mutationFn: setUpFactor })
  const verify = useMutation({ mutationFn: verifyFactor, onSuccess: onCodes })
  if (verify.data) return <RecoveryCodes codes={verify.data.recovery_codes} onDone={onDone} />
  if (!setUp.data) {
    return (
      <div className={css.start}>
        {intro}
        <ErrorAlert error={setUp.error} />
        <Button
          size="sm"
          leftSection={<IconShieldPlus size={16} />}
          loading={setUp.isPending}
          onClick={() => setUp.mutate()}
        >
          {t('account.factor.setUp')}
        </Button>
      </div>
    )
  }
  return (
    <div className={css.start}>
      {intro}
      <SecretAndCode
        setup={setUp.data}
        pending={verify.isPending}
        error={verify.error}
        onCode={verify.mutate}
        onCancel={cancellable ? setUp.reset : undefined}
      />
    </div>
  )
}

interface SecretAndCodeProps {
  setup: FactorSetup
  pending: boolean
  error: unknown
  onCode: (code: string) => void
  onCancel?: () => void
}

function SecretAndCode({ setup, pending, error, onCode, onCancel }: SecretAndCodeProps) {
  const { t } = useTranslation()
  const [code, setCode] = useState('')
  const waiting = useCountdown(retryAt(error)) > 0
  const send = (value: string) => {
    if (value.length < 6 || waiting) return
    onCode(value)
    setCode('')
  }
  return (
    <form
      className={css.enrolment}
      onSubmit={(event) => {
        event.preventDefault()
        send(code)
      }}
    >
      <div className={css.scan}>
        <h2 className={css.step}>{t('account.factor.scan')}</h2>
        <img
          className={css.qr}
          src={`data:image/png;base64,${setup.qr_code_png}`}
          alt={t('account.factor.qr')}
          width={200}
          height={200}
        />
      </div>
      <div className={css.enter}>
        <div>
          <h2 className={css.step}>{t('account.factor.manual')}</h2>
          <span className={css.secret}>
            <CopyText value={setup.secret} />
          </span>
          <a className={css.app} href={setup.qr_code_uri}>
            {t('account.factor.openApp')}
          </a>
        </div>
        <CodeField
          label={t('account.factor.confirm')}
          disabled={pending || waiting}
          value={code}
          onChange={setCode}
          onComplete={send}
        />
        <ErrorAlert error={error} />
        <div className={css.buttons}>
          <Button type="submit" size="sm" loading={pending} disabled={code.length < 6 || waiting}>
            {t('account.factor.verify')}
          </Button>
          {onCancel ? (
            <Button variant="default" size="sm" onClick={onCancel}>
              {t('common.actions.cancel')}
            </Button>
          ) : null}
        </div>
      </div>
    </form>
  )
}
