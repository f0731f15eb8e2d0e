import '../../../i18n/hunts'
import { SegmentedControl, Select, Stack, TextInput } from '@mantine/core'
import { lazy, Suspense } from 'react'
import { useTranslation } from 'react-i18next'
import { ArtifactPicker } from '../../../ui/ArtifactPicker/ArtifactPicker'
import { Panel } from '../../../ui/Page'
import { LoadingLines } from '../../../ui/States'
import type { HuntDraft } from './draft'
import { scopes, systems } from './draft'

// What is chosen first comes first.
const HostChoice = lazy(async () => ({ default: (await import('./HostChoice')).HostChoice }))
const LabelFields = lazy(async () => ({ default: (await import('./LabelFields')).LabelFields }))
const LimitFields = lazy(async () => ({ default: (await import('./LimitFields')).LimitFields }))

export interface HuntFieldsProps {
  /** What is collected is asked for first: it gets the focus. */
  first?: boolean
  draft: HuntDraft
  onChange: (change: Partial<HuntDraft>) => void
  /** What is wrong, by the field of the body: `artifacts`, `host_ids`, `parameters.<artifact>.<name>`. */
  errorOf: (field: string) => string | undefined
}

/** What a hunt collects, from where, and within which limits. */
export function HuntFields({ first, draft, onChange, errorOf }: HuntFieldsProps) {
  const { t } = useTranslation()
  return (
    <>
      <Panel title={t('hunts.form.what')}>
        <Stack gap="md">
          <ArtifactPicker
            many
            first={first}
            value={draft.chosen}
            onChange={(chosen) => onChange({ chosen })}
            error={errorOf('artifacts')}
            errorOf={(artifact, name) => errorOf(`parameters.${artifact}.${name}`) ?? errorOf(`parameters.${name}`)}
          />
          <TextInput
            label={t('hunts.form.description')}
            description={t('hunts.form.descriptionHint')}
            placeholder={draft.chosen.map(({ name }) => name).join(', ')}
            maxLength={400}
            error={errorOf('description')}
            value={draft.description}
            onChange={(event) => onChange({ description: event.target.value })}
          />
        </Stack>
      </Panel>
      <Panel title={t('hunts.form.where')}>
        <Stack gap="md" align="start">
          <SegmentedControl
            size="xs"
            aria-label={t('hunts.form.where')}
            value={draft.scope}
            onChange={(scope) => onChange({ scope: scope as HuntDraft['scope'] })}
            data={scopes.map((value) => ({ value, label: t(`hunts.form.scopes.${value}`) }))}
          />
          <Suspense>
            {draft.scope === 'some' ? (
              <>
                <Select
                  w={240}
                  label={t('hunts.form.os')}
                  allowDeselect={false}
                  error={errorOf('os')}
                  value={draft.os}
                  onChange={(os) => onChange({ os: systems.find((known) => known === os) ?? '' })}
                  data={[
                    { value: '', label: t('hunts.form.anySystem') },
                    ...systems.map((value) => ({ value, label: t(`hunts.os.${value}`) })),
                  ]}
                />
                <LabelFields draft={draft} onChange={onChange} errorOf={errorOf} />
              </>
            ) : null}
            {draft.scope === 'hosts' ? (
              <HostChoice value={draft.hosts} onChange={(hosts) => onChange({ hosts })} error={errorOf('host_ids')} />
            ) : null}
          </Suspense>
        </Stack>
      </Panel>
      <Panel title={t('hunts.form.limits')}>
        <Suspense fallback={<LoadingLines lines={3} />}>
          <LimitFields draft={draft} onChange={onChange} errorOf={errorOf} />
        </Suspense>
      </Panel>
    </>
  )
}
