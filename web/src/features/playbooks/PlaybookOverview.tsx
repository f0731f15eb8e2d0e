import '../../i18n/playbooks'
import { useTranslation } from 'react-i18next'
import type { Playbook } from '../../api/models'
import { inputsOf, stepsOf, triggerOf } from '../../documents/playbook'
import { Facts, Panel } from '../../ui/Page'
import { ExactTime } from '../../ui/TimeAgo'
import css from './Playbooks.module.css'
import { TriggerText } from './TriggerText'

/** What a playbook does, read from its document. */
export function PlaybookOverview({ playbook }: { playbook: Playbook }) {
  const { t } = useTranslation()
  return (
    <div className={css.overview}>
      <Panel title={t('playbooks.steps')}>
        <ol className={css.steps}>
          {stepsOf(playbook.actions).map((step) => (
            <li key={step.id} className={css.step}>
              <div>
                <div className={css.stepName}>{step.name}</div>
                <div className={css.stepType}>{step.type}</div>
                {step.condition ? (
                  <span className={css.condition}>{`${t('playbooks.stepIf')} ${step.condition}`}</span>
                ) : null}
              </div>
            </li>
          ))}
        </ol>
      </Panel>
      <div className={css.side}>
        <Panel title={t('playbooks.facts')}>
          <PlaybookFacts playbook={playbook} />
        </Panel>
        <Panel title={t('playbooks.inputs')}>
          <Inputs playbook={playbook} />
        </Panel>
      </div>
    </div>
  )
}

function PlaybookFacts({ playbook }: { playbook: Playbook }) {
  const { t } = useTranslation()
  const { when, cron, timezone } = triggerOf(playbook.trigger)
  return (
    <Facts
      facts={[
        [t('playbooks.column.trigger'), <TriggerText key="trigger" playbook={playbook} />],
        ...(when
          ? [
              [
                t('playbooks.when'),
                <span key="when" className={css.condition}>
                  {when}
                </span>,
              ] as [string, React.ReactNode],
            ]
          : []),
        ...(cron
          ? [
              [
                t('playbooks.cron'),
                <span key="cron" className="mono">
                  {cron}
                </span>,
              ] as [string, React.ReactNode],
            ]
          : []),
        ...(timezone ? [[t('playbooks.timezone'), timezone] as [string, React.ReactNode]] : []),
        [t('playbooks.column.version'), `v${playbook.version}`],
        [t('playbooks.created'), <ExactTime key="created" at={playbook.created_at} />],
        [t('playbooks.updated'), <ExactTime key="updated" at={playbook.updated_at} />],
      ]}
    />
  )
}

function Inputs({ playbook }: { playbook: Playbook }) {
  const { t } = useTranslation()
  const inputs = inputsOf(playbook.inputs)
  if (inputs.length === 0) return <p className={css.muted}>{t('playbooks.noInputs')}</p>
  return (
    <ul className={css.inputs}>
      {inputs.map((input) => (
        <li key={input.name}>
          <span className="mono">{input.name}</span>{' '}
          <span className={css.stepType}>
            {input.required ? `${input.type}, ${t('playbooks.required')}` : input.type}
          </span>
          {input.description ? <div className={css.stepType}>{input.description}</div> : null}
        </li>
      ))}
    </ul>
  )
}
