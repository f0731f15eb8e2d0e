import { Button, Select, Stack } from '@mantine/core'
import { IconAdjustments } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { lazy, Suspense, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Host, HostBody } from '../../api/models'
import { Problem } from '../../api/problem'
import { useMay } from '../../app/me'
import { hostFieldsQuery } from '../../resources/hosts'
import { ErrorAlert } from '../../ui/ErrorAlert'
import { Panel } from '../../ui/Page'
import { CustomField } from './CustomField'
import { criticalities } from './filters'
import { SavedText } from './SavedText'
import { usePatchHost } from './usePatchHost'

const FieldsDialog = lazy(async () => ({ default: (await import('./FieldsDialog')).FieldsDialog }))

/** What people keep about a host: how much it matters, whose it is, and the team's own fields. Each is saved by itself. */
export function HostKept({ host }: { host: Host }) {
  const { t } = useTranslation()
  const write = useMay('hosts:write')
  const define = useMay('hosts:fields')
  const [defining, setDefining] = useState(false)
  const fields = useQuery(hostFieldsQuery).data ?? []
  const save = usePatchHost(host.id)
  const asked = Object.keys(save.variables ?? {})[0]
  const refusal = save.error instanceof Problem ? save.error.fields[0]?.message : undefined
  const errorOf = (name: string) => (asked === name ? refusal : undefined)
  return (
    <Panel
      title={t('hostWork.kept.title')}
      actions={
        define ? (
          <Button
            size="compact-sm"
            variant="subtle"
            leftSection={<IconAdjustments size={14} />}
            onClick={() => setDefining(true)}
          >
            {t('hostWork.kept.define')}
          </Button>
        ) : null
      }
    >
      <Stack gap="sm">
        <Select
          label={t('hosts.column.criticality')}
          description={t('hostWork.kept.criticalityHint')}
          allowDeselect={false}
          disabled={!write}
          value={host.criticality}
          error={errorOf('criticality')}
          data={criticalities.map((value) => ({ value, label: t(`hosts.criticality.${value}`) }))}
          onChange={(value) => value && save.mutate({ criticality: value as Host['criticality'] })}
        />
        <SavedText
          label={t('hosts.column.owner')}
          maxLength={200}
          disabled={!write}
          value={host.owner}
          error={errorOf('owner')}
          onSave={(owner) => save.mutate({ owner })}
        />
        {fields.map((field) => (
          <CustomField
            key={field.id}
            field={field}
            disabled={!write}
            value={host.custom_fields?.[field.key]}
            error={lastField(save.variables) === field.key ? refusal : undefined}
            onSave={(value) => save.mutate({ custom_fields: { [field.key]: value } })}
          />
        ))}
        {refusal ? null : <ErrorAlert error={save.error} />}
      </Stack>
      <Suspense>{defining ? <FieldsDialog onClose={() => setDefining(false)} /> : null}</Suspense>
    </Panel>
  )
}

/** The own field that was changed last. */
const lastField = (change: HostBody | undefined) => Object.keys(change?.custom_fields ?? {})[0]
