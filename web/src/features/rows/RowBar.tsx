import '../../i18n/hunts'
import '../../i18n/jobs'
import { Button, CopyButton } from '@mantine/core'
import { IconBriefcase, IconCopy, IconFingerprint } from '@tabler/icons-react'
import { lazy, Suspense, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useMay } from '../../app/me'
import css from '../../ui/BulkBar/BulkBar.module.css'
import { useShortcuts } from '../../ui/shortcuts'
import { HostsMenu } from '../hosts/HostsMenu'
import { hostsOf, linesOf, type Origin, type Row } from './rowText'

const CaseDialog = lazy(async () => ({ default: (await import('./CaseDialog')).CaseDialog }))
const PasteDialog = lazy(async () => ({ default: (await import('../indicators/PasteDialog')).PasteDialog }))

interface RowBarProps {
  from: Origin
  /** The rows ticked. */
  rows: Row[]
  onClear: () => void
}

/** Under rows that hosts reported while some are ticked: what can be done with them. */
export function RowBar({ from, rows, onClear }: RowBarProps) {
  const { t } = useTranslation()
  const cases = useMay('cases:write')
  const indicators = useMay('indicators:write')
  const [asking, setAsking] = useState<'case' | { text: string; caseId?: number } | null>(null)
  const find = (caseId?: number) => setAsking({ text: linesOf(rows), caseId })
  useShortcuts(cases ? { c: () => setAsking('case') } : {})
  return (
    <section className={css.bar} aria-label={t('jobs.bar.label')}>
      <span className={css.count} role="status">
        {t('jobs.bar.selected', { count: rows.length })}
      </span>
      <Button size="compact-sm" variant="subtle" onClick={onClear}>
        {t('jobs.bar.clear')}
      </Button>
      <span className={css.actions}>
        {cases ? (
          <Button
            size="compact-sm"
            variant="default"
            leftSection={<IconBriefcase size={14} />}
            aria-keyshortcuts="c"
            onClick={() => setAsking('case')}
          >
            {t('hunts.rows.toCase')}
          </Button>
        ) : null}
        {indicators ? (
          <Button
            size="compact-sm"
            variant="default"
            leftSection={<IconFingerprint size={14} />}
            onClick={() => find()}
          >
            {t('hunts.rows.toIndicators')}
          </Button>
        ) : null}
        <HostsMenu hosts={hostsOf(rows)} onStarted={onClear} />
        <CopyButton value={linesOf(rows)}>
          {({ copied, copy }) => (
            <Button size="compact-sm" variant="default" leftSection={<IconCopy size={14} />} onClick={copy}>
              {t(copied ? 'common.actions.copied' : 'hunts.rows.copy')}
            </Button>
          )}
        </CopyButton>
      </span>
      <Suspense>
        {asking === 'case' ? (
          <CaseDialog
            from={from}
            rows={rows}
            onDone={(caseId, withIndicators) => {
              if (withIndicators) find(caseId)
              else {
                setAsking(null)
                onClear()
              }
            }}
            onClose={() => setAsking(null)}
          />
        ) : null}
        {asking !== null && asking !== 'case' ? (
          <PasteDialog first={asking.text} caseId={asking.caseId} onClose={() => setAsking(null)} />
        ) : null}
      </Suspense>
    </section>
  )
}
