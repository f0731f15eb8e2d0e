import { Alert, Button, Group, Stack } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { ArtifactsMade } from '../../api/models'
import { Heads, ScrollTable } from '../../ui/ScrollTable'

interface RefusedProps {
  made: ArtifactsMade
  /** What was sent, in its order. */
  sent: { value: string }[]
  onClose: () => void
}

/** Which of many indicators the server did not take, and why. */
export function Refused({ made, sent, onClose }: RefusedProps) {
  const { t } = useTranslation()
  return (
    <Stack gap="md">
      <Alert color="orange" variant="light" role="status">
        {t('indicators.made.rejected', { count: made.rejected })}
      </Alert>
      <ScrollTable
        label={t('indicators.made.why')}
        head={<Heads names={[t('indicators.column.value'), t('indicators.made.why')]} />}
      >
        {(made.items ?? [])
          .filter((item) => item.error)
          .map((item) => (
            <tr key={item.index}>
              <td className="mono">{sent[item.index]?.value}</td>
              <td>{item.error}</td>
            </tr>
          ))}
      </ScrollTable>
      <Group justify="flex-end">
        <Button onClick={onClose} data-autofocus>
          {t('common.actions.close')}
        </Button>
      </Group>
    </Stack>
  )
}
