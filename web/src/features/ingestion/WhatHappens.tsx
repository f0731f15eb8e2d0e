import { useTranslation } from 'react-i18next'
import { Panel } from '../../ui/Page'
import css from './Ingestion.module.css'

const steps = ['receive', 'hosts', 'indicators', 'events'] as const

const example = `{"hostname":"wks-042","source":"Windows.System.Pslist","rows":[{"Name":"powershell.exe","Pid":4711}]}`

/** For those who do it the first time: what becomes of a file, and what may be in it. */
export function WhatHappens() {
  const { t } = useTranslation()
  return (
    <Panel title={t('ingestion.help.title')}>
      <ol className={css.steps}>
        {steps.map((step) => (
          <li key={step}>
            <strong>{t(`ingestion.help.steps.${step}.title`)}</strong>
            {t(`ingestion.help.steps.${step}.text`)}
          </li>
        ))}
      </ol>
      <p>{t('ingestion.help.line')}</p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <pre className={`${css.example} mono`} tabIndex={0}>
        {example}
      </pre>
      <p className={css.muted}>{t('ingestion.help.more')}</p>
    </Panel>
  )
}
