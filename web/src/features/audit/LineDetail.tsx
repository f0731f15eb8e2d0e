import { Anchor } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import type { AuditEntry } from '../../api/models'
import { usePaths } from '../../app/me'
import { CopyText } from '../../ui/CopyText'
import { Facts } from '../../ui/Page'
import { ExactTime } from '../../ui/TimeAgo'
import css from './Audit.module.css'
import { Seal } from './columns'
import { Diff } from './Diff'
import { ObjectLink } from './objects'

/** Everything a line says. `alone` on its own page, where it needs no link to itself. */
export function LineDetail({ line, alone }: { line: AuditEntry; alone?: boolean }) {
  const { t } = useTranslation()
  return (
    <div className={css.detail}>
      <div className={css.facts}>
        <Facts
          facts={[
            [t('audit.line.time'), <ExactTime key="time" at={line.created_at} />],
            [t('audit.line.actor'), line.username || t('audit.system')],
            [t('audit.column.object'), <ObjectLink key="object" entry={line} />],
            [t('audit.line.ip'), <CopyText key="ip" value={line.ip_address} />],
            [t('audit.line.agent'), line.user_agent || t('common.notSet')],
            [t('audit.line.request'), <CopyText key="request" value={line.request_id} />],
            [t('audit.line.seq'), line.seq ?? t('common.none')],
            [t('audit.line.seal'), <Seal key="seal" sealed={line.sealed} words />],
          ]}
        />
        <Ways line={line} alone={alone} />
      </div>
      <section className={css.changes}>
        <h2 className={css.heading}>{t('audit.line.what')}</h2>
        <Diff before={line.before} after={line.after} />
      </section>
    </div>
  )
}

/** From this line to others of its kind. */
function Ways({ line, alone }: { line: AuditEntry; alone?: boolean }) {
  const { t } = useTranslation()
  const paths = usePaths()
  return (
    <p className={css.ways}>
      {line.username ? (
        <Anchor component={Link} size="sm" to={`${paths.audit}?actor=${encodeURIComponent(line.username)}`}>
          {t('audit.line.onlyActor', { name: line.username })}
        </Anchor>
      ) : null}
      {line.resource_type && line.resource_id ? (
        <Anchor component={Link} size="sm" to={paths.trail(line.resource_type, line.resource_id)}>
          {t('audit.line.onlyObject')}
        </Anchor>
      ) : null}
      {alone ? null : (
        <Anchor component={Link} size="sm" to={paths.auditLine(line.id)}>
          {t('audit.line.open')}
        </Anchor>
      )}
    </p>
  )
}
