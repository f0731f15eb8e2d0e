import '../../i18n/audit'
import { Anchor } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { Link, useParams } from 'react-router'
import { useMay, usePaths } from '../../app/me'
import { NoRight } from '../../app/NotFound'
import { auditEntryQuery } from '../../resources/audit'
import { Page, Panel } from '../../ui/Page'
import { ErrorState, LoadingLines } from '../../ui/States'
import { StatusText } from '../../ui/StatusText'
import { LineDetail } from './LineDetail'

/** One line of the audit log by itself, so that a link can name it. */
export function AuditLinePage() {
  const { t } = useTranslation()
  const paths = usePaths()
  const id = Number(useParams().id)
  const read = useMay('audit:read')
  const query = useQuery({ ...auditEntryQuery(id), enabled: read })
  const line = query.data
  if (!read) return <NoRight />
  if (query.error) return <ErrorState error={query.error} retry={() => void query.refetch()} />
  return (
    <Page
      title={line ? line.action : t('audit.line.missing')}
      aside={line ? <StatusText status={line.outcome} /> : null}
      actions={
        <Anchor component={Link} to={paths.audit} size="sm">
          {t('audit.line.back')}
        </Anchor>
      }
    >
      <Panel>{line ? <LineDetail line={line} alone /> : <LoadingLines lines={8} />}</Panel>
    </Page>
  )
}
