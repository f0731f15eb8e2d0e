import { Button, Group } from '@mantine/core'
import { IconDownload } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { manualQuery } from '../../resources/velociraptor'
import { SideDrawer } from '../../ui/SideDrawer'
import { ErrorState, LoadingLines } from '../../ui/States'
import { saveText } from '../../ui/saveText'
import css from './Connection.module.css'

/** For those who may not let us install: the artifact and what to do with it on the Velociraptor server. */
export function ManualDrawer({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation()
  return <SideDrawer size={640} title={t('connection.callbacks.manualTitle')} content={<Manual />} onClose={onClose} />
}

function Manual() {
  const { t } = useTranslation()
  const query = useQuery(manualQuery)
  if (query.error) return <ErrorState error={query.error} retry={() => void query.refetch()} />
  if (!query.data) return <LoadingLines lines={8} />
  const { artifact_yaml: artifact, steps } = query.data
  return (
    <>
      <ol className={css.steps}>
        {(steps ?? []).map((step) => (
          <li key={step}>{step}</li>
        ))}
      </ol>
      <Group justify="flex-end" my="sm">
        <Button
          size="compact-sm"
          variant="default"
          leftSection={<IconDownload size={14} />}
          onClick={() => saveText('velocicompanion-callback.yaml', artifact)}
        >
          {t('connection.callbacks.save')}
        </Button>
      </Group>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <pre className={`${css.code} mono`} tabIndex={0}>
        {artifact}
      </pre>
    </>
  )
}
