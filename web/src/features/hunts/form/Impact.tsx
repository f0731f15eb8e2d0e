import { Alert, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { type ReactNode, useId } from 'react'
import { useTranslation } from 'react-i18next'
import type { HuntBody, HuntEstimate } from '../../../api/models'
import { huntEstimateQuery } from '../../../resources/hunts'
import { useErrorText } from '../../../ui/errors'
import { Panel } from '../../../ui/Page'
import { LoadingLines } from '../../../ui/States'

interface ImpactProps {
  /** What would be started; null while that makes no hunt yet. */
  ask: HuntBody | null
  /** The buttons under it. */
  children: ReactNode
}

/** What a hunt would reach, as the server counts it now, and what starts it. */
export function Impact({ ask, children }: ImpactProps) {
  const { t } = useTranslation()
  return (
    <Panel title={t('hunts.impact.title')}>
      <Stack gap="sm">
        <div role="status">{ask ? <Counted ask={ask} /> : <Text size="sm">{t('hunts.impact.choose')}</Text>}</div>
        {children}
      </Stack>
    </Panel>
  )
}

function Counted({ ask }: { ask: HuntBody }) {
  const { t } = useTranslation()
  const text = useErrorText()
  const { data, error, isPending } = useQuery(huntEstimateQuery(ask))
  if (isPending) return <LoadingLines lines={2} />
  if (error) {
    return (
      <Text size="sm" c="var(--vc-failed)">
        {t('hunts.impact.failed', { reason: text(error) })}
      </Text>
    )
  }
  return (
    <Stack gap="xs">
      <Text>{t('hunts.impact.reach', { count: data.hosts, of: data.of })}</Text>
      <Text size="sm">
        {t('hunts.impact.online', { count: data.online })}
        {data.high_risk > 0 ? (
          <Text component="span" inherit fw={600} c="var(--vc-waiting)">
            {` · ${t('hunts.impact.highRisk', { count: data.high_risk })}`}
          </Text>
        ) : null}
      </Text>
      <Systems estimate={data} />
      <Warnings warnings={data.warnings ?? []} />
    </Stack>
  )
}

function Systems({ estimate }: { estimate: HuntEstimate }) {
  const { t } = useTranslation()
  const known = (['windows', 'linux', 'darwin', 'other'] as const).flatMap((os) => {
    const count = estimate.by_os[os] ?? 0
    return count > 0 ? [t('hunts.impact.system', { name: t(`hunts.os.${os}`), count })] : []
  })
  return known.length > 0 ? (
    <Text size="sm" c="dimmed">
      {known.join(' · ')}
    </Text>
  ) : null
}

function Warnings({ warnings }: { warnings: string[] }) {
  const { t } = useTranslation()
  const id = useId()
  if (warnings.length === 0) return null
  return (
    <Alert color="orange" variant="light" p="xs" title={t('hunts.impact.warnings')}>
      <Stack gap={4} component="ul" m={0} ps="md">
        {warnings.map((warning) => (
          <Text key={`${id}-${warning}`} component="li" size="sm">
            {warning}
          </Text>
        ))}
      </Stack>
    </Alert>
  )
}
