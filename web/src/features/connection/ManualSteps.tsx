import { Alert, Button, Group } from '@mantine/core'
import { IconDownload } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { CallbacksMade } from '../../api/models'
import { CopyText } from '../../ui/CopyText'
import { Facts } from '../../ui/Page'
import { saveText } from '../../ui/saveText'
import css from './Connection.module.css'

/** What a person does on the Velociraptor server whose administrators don't let us: the steps, the key, the artifact. */
export function ManualSteps({ manual }: { manual: NonNullable<CallbacksMade['manual']> }) {
  const { t } = useTranslation()
  return (
    <>
      <Alert color="orange" variant="light" role="status">
        {t('connection.callbacks.left')}
      </Alert>
      <ol className={css.steps}>
        {manual.steps.map((step) => (
          <li key={step}>{step}</li>
        ))}
      </ol>
      <Facts
        facts={[
          [t('connection.callbacks.keyName'), <CopyText key="name" value={manual.key_name} />],
          ...(manual.key
            ? [[t('connection.callbacks.key'), <CopyText key="key" value={manual.key} />] as [string, ReactNode]]
            : []),
          ...Object.entries(manual.parameters).map(([name, value]): [string, ReactNode] => [
            name,
            <CopyText key={name} value={value} />,
          ]),
        ]}
      />
      <Group justify="flex-end">
        <Button
          size="compact-sm"
          variant="default"
          leftSection={<IconDownload size={14} />}
          onClick={() => saveText(`${manual.artifact}.yaml`, manual.artifact_yaml)}
        >
          {t('connection.callbacks.save')}
        </Button>
      </Group>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <pre className={`${css.code} mono`} tabIndex={0}>
        {manual.artifact_yaml}
      </pre>
    </>
  )
}
