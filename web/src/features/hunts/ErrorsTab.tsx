import { Button, Stack, Text } from '@mantine/core'
import { IconCircleCheck, IconRefresh } from '@tabler/icons-react'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import type { Hunt, HuntCause } from '../../api/models'
import { useMay, usePaths } from '../../app/me'
import { huntErrorsQuery, retryHunt } from '../../resources/hunts'
import { useErrorText } from '../../ui/errors'
import { Panel } from '../../ui/Page'
import { EmptyState, ErrorState, LoadingLines } from '../../ui/States'
import { toastDone, toastFailed } from '../../ui/toast'
import { isUnderWay } from './state'
import { useHuntChanged } from './useHuntChanged'

const pollEvery = 5_000
/** So many hosts of a cause are named; the rest are counted. */
const named = 12

/** What went wrong, by cause, and the hosts it went wrong on, which can be asked once more. */
export function ErrorsTab({ hunt }: { hunt: Hunt }) {
  const { t } = useTranslation()
  const query = useQuery({ ...huntErrorsQuery(hunt.id), refetchInterval: isUnderWay(hunt) ? pollEvery : false })
  const retry = useRetry(hunt)
  const may = useMay('hunts:start') && hunt.status !== 'cancelling'
  if (query.isPending) return <LoadingLines lines={4} />
  if (query.error && !query.data) return <ErrorState error={query.error} retry={() => void query.refetch()} />
  const causes = query.data ?? []
  if (causes.length === 0) {
    return (
      <EmptyState
        compact
        icon={IconCircleCheck}
        title={t(isUnderWay(hunt) ? 'hunts.errors.noneYet' : 'hunts.errors.none')}
      />
    )
  }
  return (
    <Stack gap="sm">
      {may && causes.length > 1 ? (
        <div>
          <Button
            size="sm"
            variant="default"
            leftSection={<IconRefresh size={15} />}
            loading={retry.isPending && retry.variables === undefined}
            onClick={() => retry.mutate(undefined)}
          >
            {t('hunts.errors.retryAll', { count: hunt.errors })}
          </Button>
        </div>
      ) : null}
      {causes.map((cause) => (
        <Cause
          key={cause.cause}
          cause={cause}
          onRetry={may ? () => retry.mutate(cause.cause) : undefined}
          retrying={retry.isPending && retry.variables === cause.cause}
        />
      ))}
    </Stack>
  )
}

function useRetry(hunt: Hunt) {
  const { t } = useTranslation()
  const text = useErrorText()
  const changed = useHuntChanged()
  return useMutation({
    mutationFn: (cause: string | undefined) => retryHunt(hunt.id, cause),
    onSuccess: (after) => {
      changed(after)
      toastDone(t('hunts.errors.retried'))
    },
    onError: (error) => toastFailed(text(error)),
  })
}

interface CauseProps {
  cause: HuntCause
  onRetry?: () => void
  retrying: boolean
}

function Cause({ cause, onRetry, retrying }: CauseProps) {
  const { t } = useTranslation()
  const paths = usePaths()
  const hosts = (cause.hosts ?? []).slice(0, named)
  return (
    <Panel
      title={cause.cause}
      actions={
        onRetry ? (
          <Button
            size="compact-sm"
            variant="default"
            leftSection={<IconRefresh size={14} />}
            loading={retrying}
            onClick={onRetry}
          >
            {t('hunts.errors.retry', { count: cause.count })}
          </Button>
        ) : null
      }
    >
      <Stack gap="xs">
        {cause.example && cause.example !== cause.cause ? (
          <Text size="sm" c="dimmed" className="mono" lineClamp={3}>
            {cause.example}
          </Text>
        ) : null}
        <Text size="sm">
          {t('hunts.errors.hosts', { count: cause.count })}
          {': '}
          {hosts.map((host, index) => (
            <span key={host.client_id}>
              {index > 0 ? ', ' : null}
              {host.host_id ? (
                <Link to={paths.host(host.host_id)}>{host.hostname || host.client_id}</Link>
              ) : (
                host.client_id
              )}
            </span>
          ))}
          {cause.count > hosts.length ? ` ${t('hunts.errors.andMore', { count: cause.count - hosts.length })}` : null}
        </Text>
      </Stack>
    </Panel>
  )
}
