import { Button, CopyButton } from '@mantine/core'
import { IconCopy } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { Page, Panel } from '../../ui/Page'
import { ConnectForm } from './ConnectForm'
import css from './Connection.module.css'

const steps = ['user', 'permissions', 'file'] as const

/** Where there is no connection yet: what to fetch from the Velociraptor server, and where to put it. */
export function Connect() {
  const { t } = useTranslation()
  return (
    <Page title={t('connection.title')}>
      <div className={css.layout}>
        <Panel title={t('connection.form.title')}>
          <ConnectForm />
        </Panel>
        <Panel title={t('connection.how.title')}>
          <ol className={css.steps}>
            {steps.map((step) => (
              <li key={step}>{t(`connection.how.${step}`)}</li>
            ))}
          </ol>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
          <pre className={`${css.code} mono`} tabIndex={0}>
            {commands}
          </pre>
          <CopyButton value={commands}>
            {({ copied, copy }) => (
              <Button size="compact-sm" variant="default" mt="xs" leftSection={<IconCopy size={14} />} onClick={copy}>
                {t(copied ? 'common.actions.copied' : 'connection.how.copy')}
              </Button>
            )}
          </CopyButton>
          <p className={css.muted}>{t('connection.how.hint')}</p>
        </Panel>
      </div>
    </Page>
  )
}

/** What an administrator of the Velociraptor server types there. */
const commands = `velociraptor --config server.config.yaml config api_client \\
  --name velocicompanion --role api,investigator api_client.yaml

velociraptor --config server.config.yaml acl grant velocicompanion \\
  '{"any_query":true,"read_results":true,
    "collect_client":true,"start_hunt":true,
    "label_clients":true}'`
