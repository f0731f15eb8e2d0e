import { SegmentedControl } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { lazy, Suspense } from 'react'
import { useTranslation } from 'react-i18next'
import { caseTimelineQuery } from '../../resources/cases'
import { Panel } from '../../ui/Page'
import { LoadingLines } from '../../ui/States'
import { useUrl } from '../../ui/useUrl'
import { Comments } from './Comments'

const Timeline = lazy(async () => ({ default: (await import('../../ui/Timeline/Timeline')).Timeline }))

const kinds = ['comment', 'task', 'indicator', 'change', 'execution', 'observation'] as const

/** What was said about a case, or all that happened in it. */
export function CaseActivity({ caseId }: { caseId: number }) {
  const { t } = useTranslation()
  const [params, change] = useUrl()
  const shown = params.get('show') === 'timeline' ? 'timeline' : 'comments'
  return (
    <Panel
      title={t('cases.activity.title')}
      actions={
        <SegmentedControl
          size="xs"
          aria-label={t('cases.activity.title')}
          value={shown}
          onChange={(show) => change({ show: show === 'timeline' ? show : null, kinds: null })}
          data={(['comments', 'timeline'] as const).map((value) => ({ value, label: t(`cases.activity.${value}`) }))}
        />
      }
    >
      {shown === 'comments' ? <Comments caseId={caseId} /> : <Everything caseId={caseId} />}
    </Panel>
  )
}

function Everything({ caseId }: { caseId: number }) {
  const [params, change] = useUrl()
  const asked = params.get('kinds')?.split(',')
  const chosen = kinds.filter((kind) => asked?.includes(kind))
  const query = useInfiniteQuery(caseTimelineQuery(caseId, chosen))
  return (
    <Suspense fallback={<LoadingLines lines={6} />}>
      <Timeline query={query} kinds={kinds} chosen={chosen} onChoose={(next) => change({ kinds: next.join(',') })} />
    </Suspense>
  )
}
