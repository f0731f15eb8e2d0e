import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import type { Hunt } from '../../api/models'
import { usePaths } from '../../app/me'
import { JsonView } from '../../ui/JsonView'
import { Facts, Panel } from '../../ui/Page'
import { Elapsed, ExactTime } from '../../ui/TimeAgo'

/** What was asked for, by whom, and how it went. */
export function AboutTab({ hunt }: { hunt: Hunt }) {
  const { t } = useTranslation()
  const paths = usePaths()
  const parameters = hunt.parameters ?? {}
  return (
    <>
      <Panel title={t('hunts.about.asked')}>
        <Facts
          facts={[
            [
              t('hunts.column.artifacts'),
              <span key="a" className="mono">
                {(hunt.artifacts ?? []).join(', ')}
              </span>,
            ],
            [t('hunts.about.scope'), <Scope key="s" hunt={hunt} />],
            [t('hunts.form.clientLimit'), hunt.client_limit || t('hunts.form.noLimit')],
            [t('hunts.form.timeout'), hunt.timeout || t('hunts.form.noLimit')],
            [t('hunts.form.maxRows'), hunt.max_rows || t('hunts.form.noLimit')],
            [t('hunts.about.ends'), t(hunt.until === 'expires' ? 'hunts.about.atExpiry' : 'hunts.about.whenIdle')],
            [t('hunts.about.by'), hunt.username || t('common.notSet')],
            ...(hunt.schedule_id
              ? [
                  [
                    t('hunts.about.schedule'),
                    <Link key="l" to={paths.schedule(hunt.schedule_id)}>{`#${hunt.schedule_id}`}</Link>,
                  ] satisfies [string, React.ReactNode],
                ]
              : []),
          ]}
        />
        {Object.keys(parameters).length > 0 ? (
          <JsonView value={parameters} label={t('hunts.about.parameters')} />
        ) : null}
      </Panel>
      <Panel title={t('hunts.about.went')}>
        <Facts
          facts={[
            [t('hunts.column.created'), <ExactTime key="c" at={hunt.created_at} />],
            [t('hunts.about.expires'), <ExactTime key="e" at={hunt.expires_at} />],
            [t('hunts.about.finished'), <ExactTime key="f" at={hunt.finished_at} />],
            [
              t('hunts.about.took'),
              hunt.started_at ? <Elapsed key="t" from={hunt.started_at} to={hunt.finished_at} /> : t('common.notSet'),
            ],
            [t('hunts.about.rowsNew'), t('hunts.number', { count: hunt.rows_new })],
            ...(hunt.rows_refused > 0
              ? [
                  [
                    t('hunts.about.rowsRefused'),
                    `${t('hunts.number', { count: hunt.rows_refused })} (${hunt.refused_reason})`,
                  ] satisfies [string, string],
                ]
              : []),
            [
              t('hunts.about.serverId'),
              hunt.hunt_id ? <code key="i">{hunt.hunt_id}</code> : t('hunts.about.noServerId'),
            ],
          ]}
        />
      </Panel>
    </>
  )
}

function Scope({ hunt }: { hunt: Hunt }) {
  const { t } = useTranslation()
  const hosts = hunt.host_ids ?? []
  const include = hunt.include_labels ?? []
  const exclude = hunt.exclude_labels ?? []
  const os = hunt.os as 'windows' | 'linux' | 'darwin' | ''
  const words = [
    hosts.length > 0 ? t('hunts.about.hosts', { count: hosts.length }) : '',
    os ? t(`hunts.os.${os}`) : '',
    include.length > 0 ? t('hunts.about.include', { labels: include.join(', ') }) : '',
    exclude.length > 0 ? t('hunts.about.exclude', { labels: exclude.join(', ') }) : '',
  ].filter(Boolean)
  return words.length > 0 ? words.join(' · ') : t('hunts.form.scopes.all')
}
