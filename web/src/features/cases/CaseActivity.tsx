import { useTranslation } from 'react-i18next'
import { Panel } from '../../ui/Page'
import { Comments } from './Comments'

/** What was said about a case. */
export function CaseActivity({ caseId }: { caseId: number }) {
  const { t } = useTranslation()
  return (
    <Panel title={t('cases.comments.title')}>
      <Comments caseId={caseId} />
    </Panel>
  )
}
