import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { Artifact } from '../../api/models'
import { CopyText } from '../../ui/CopyText'
import { Labels } from '../../ui/Labels'
import { Facts } from '../../ui/Page'
import { ExactTime, TimeAgo } from '../../ui/TimeAgo'
import { TlpBadge } from '../../ui/TlpBadge'
import { CaseLinks } from './CaseLinks'
import css from './Indicators.module.css'
import { StateMark } from './StateMark'

/** What is known of an indicator. */
export function IndicatorFacts({ row }: { row: Artifact }) {
  const { t } = useTranslation()
  return (
    <>
      <Facts
        facts={[
          [t('indicators.column.value'), <CopyText key="value" value={row.value} />],
          [t('indicators.column.type'), t(`indicators.types.${row.artifact_type}`)],
          [t('indicators.column.tlp'), <TlpBadge key="tlp" tlp={row.tlp} />],
          ...(row.expired || row.false_positive
            ? [[t('indicators.column.state'), <StateMark key="state" row={row} />] as [string, ReactNode]]
            : []),
          ...(row.fp_reason ? [[t('indicators.fp.why'), row.fp_reason] as [string, string]] : []),
          [
            t('indicators.column.expires'),
            row.expires_at ? <ExactTime key="expires" at={row.expires_at} /> : t('common.time.never'),
          ],
          [t('indicators.column.tags'), row.tags?.length ? <Labels key="tags" labels={row.tags} /> : t('common.none')],
          [
            t('indicators.column.cases'),
            row.case_ids?.length ? <CaseLinks key="cases" ids={row.case_ids} limit={12} /> : t('common.none'),
          ],
          [t('indicators.column.origin'), t(`indicators.origins.${row.origin}`)],
          [t('indicators.column.created'), <TimeAgo key="created" at={row.created_at} />],
          [t('indicators.column.firstSeen'), <TimeAgo key="first" at={row.first_seen} />],
          [t('indicators.column.lastSeen'), <TimeAgo key="last" at={row.last_seen} />],
        ]}
      />
      {row.description ? <p className={css.hint}>{row.description}</p> : null}
    </>
  )
}
