import { Alert, Button, Checkbox, Group, NumberInput, Select, Stack, Textarea, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type ReactNode, useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { Tenant } from '../../api/models'
import { Problem } from '../../api/problem'
import { tenantOf, useMe } from '../../app/me'
import { keys } from '../../resources/keys'
import { tenantQuery, updateTenant } from '../../resources/tenants'
import { ErrorAlert } from '../../ui/ErrorAlert'
import { Panel } from '../../ui/Page'
import { toastDone } from '../../ui/toast'
import { useRefresh } from '../../ui/useRows'
import { bounds, changed, fits, keptLess, type NumberSetting, type SettingsValues, valuesOf } from './settings'
import css from './Tenants.module.css'

interface SettingsFormProps {
  tenant: Tenant
  readOnly: boolean
}

type Form = ReturnType<typeof useSettings>['form']

/** The name of a tenant and what it is set to. */
export function SettingsForm({ tenant, readOnly }: SettingsFormProps) {
  const { t } = useTranslation()
  const { form, start, save } = useSettings(tenant)
  const { role } = useMe()
  return (
    <Panel title={t('tenants.page.settings')}>
      <form onSubmit={form.onSubmit((values) => save.mutate(values))} noValidate>
        <fieldset disabled={readOnly} className={css.form}>
          <NameFields form={form} />
          <AccessFields form={form} />
          <Section legend={t('tenants.settings.work')}>
            <div className={css.pair}>
              <NumberField form={form} setting="max_concurrent_runs" />
              <NumberField form={form} setting="task_queue_concurrency" empty={t('tenants.settings.workerDefault')} />
            </div>
            {role === 'super_admin' ? (
              <Checkbox
                mt="md"
                size="xs"
                label={t('tenants.settings.run_vql_enabled')}
                description={t('tenants.settings.run_vql_enabledHint')}
                {...form.getInputProps('run_vql_enabled', { type: 'checkbox' })}
              />
            ) : null}
          </Section>
          <Section legend={t('tenants.settings.records')}>
            <div className={css.pair}>
              <NumberField form={form} setting="audit_retention_days" empty={t('tenants.settings.forEver')} />
              <NumberField form={form} setting="observation_retention_days" empty={t('tenants.settings.forEver')} />
            </div>
            <Textarea
              mt="md"
              autosize
              minRows={2}
              maxRows={8}
              spellCheck={false}
              label={t('tenants.settings.stacked_fields')}
              description={t('tenants.settings.stacked_fieldsHint')}
              inputWrapperOrder={['label', 'input', 'description', 'error']}
              {...form.getInputProps('stacked_fields')}
            />
          </Section>
          {keptLess(start, form.values).map((setting) => (
            <Alert key={setting} color="orange" variant="light" role="status">
              {t(`tenants.settings.${setting}Less`, { days: form.values[setting] })}
            </Alert>
          ))}
          <ErrorAlert error={save.error} />
          {readOnly ? null : (
            <Group justify="flex-end" gap="sm">
              <Button variant="default" size="sm" disabled={!form.isDirty()} onClick={() => form.reset()}>
                {t('tenants.settings.reset')}
              </Button>
              <Button type="submit" size="sm" disabled={!form.isDirty()} loading={save.isPending}>
                {t('tenants.settings.save')}
              </Button>
            </Group>
          )}
        </fieldset>
      </form>
    </Panel>
  )
}

function useSettings(tenant: Tenant) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const refresh = useRefresh()
  const start = useMemo(() => valuesOf(tenant.name, tenant.description, tenant.settings), [tenant])
  const check = (setting: NumberSetting) => (value: number | '') =>
    fits(setting, value) ? null : t('tenants.settings.range', { from: bounds[setting].from, to: bounds[setting].to })
  const form = useForm<SettingsValues>({
    initialValues: start,
    validate: {
      name: (value) => (value.trim() ? null : t('tenants.form.nameRequired')),
      session_max_hours: check('session_max_hours'),
      max_concurrent_runs: check('max_concurrent_runs'),
      task_queue_concurrency: check('task_queue_concurrency'),
      audit_retention_days: check('audit_retention_days'),
      observation_retention_days: check('observation_retention_days'),
    },
  })
  const save = useMutation({
    mutationFn: (values: SettingsValues) => updateTenant(tenant.id, changed(start, values)),
    onSuccess: (after) => {
      client.setQueryData(tenantQuery(tenant.id).queryKey, after)
      void refresh(keys.tenants, keys.me)
      toastDone(t('tenants.settings.saved'))
    },
    onError: (error) => {
      if (!(error instanceof Problem)) return
      for (const { location, message } of error.fields) form.setFieldError(location.split('.').pop() ?? '', message)
    },
  })
  return { form, start, save }
}

function Section({ legend, children }: { legend: string; children: ReactNode }) {
  return (
    <fieldset className={css.section}>
      <legend>{legend}</legend>
      {children}
    </fieldset>
  )
}

function NameFields({ form }: { form: Form }) {
  const { t } = useTranslation()
  return (
    <Stack gap="md">
      <div className={css.pair}>
        <TextInput label={t('tenants.form.name')} {...form.getInputProps('name')} />
        <ZoneField form={form} />
      </div>
      <Textarea
        label={t('tenants.form.description')}
        autosize
        minRows={1}
        maxRows={6}
        {...form.getInputProps('description')}
      />
    </Stack>
  )
}

const offered = ['viewer', 'user', 'admin', 'super_admin'] as const

function AccessFields({ form }: { form: Form }) {
  const { t } = useTranslation()
  const me = useMe()
  const home = me.tenant_id === tenantOf(me).id
  const roles = offered.filter((role) => role !== 'super_admin' || home)
  return (
    <Section legend={t('tenants.settings.access')}>
      <Stack gap="md">
        <Checkbox.Group
          label={t('tenants.settings.require_totp_roles')}
          description={t('tenants.settings.require_totp_rolesHint')}
          {...form.getInputProps('require_totp_roles')}
        >
          <Group mt={8} gap="lg">
            {roles.map((role) => (
              <Checkbox key={role} size="xs" value={role} label={t(`shell.user.role.${role}`)} />
            ))}
          </Group>
        </Checkbox.Group>
        <div className={css.pair}>
          <NumberField form={form} setting="session_max_hours" empty={t('tenants.settings.unbounded')} />
        </div>
      </Stack>
    </Section>
  )
}

interface NumberFieldProps {
  form: Form
  setting: NumberSetting
  /** What an empty field means. */
  empty?: string
}

function NumberField({ form, setting, empty }: NumberFieldProps) {
  const { t } = useTranslation()
  return (
    <NumberInput
      size="sm"
      label={t(`tenants.settings.${setting}`)}
      description={t(`tenants.settings.${setting}Hint`)}
      placeholder={empty}
      inputWrapperOrder={['label', 'input', 'description', 'error']}
      allowDecimal={false}
      allowNegative={false}
      thousandSeparator=","
      hideControls
      {...form.getInputProps(setting)}
    />
  )
}

function ZoneField({ form }: { form: Form }) {
  const { t } = useTranslation()
  const zones = useMemo(() => ['UTC', ...Intl.supportedValuesOf('timeZone').filter((zone) => zone !== 'UTC')], [])
  const chosen = form.values.time_zone
  return (
    <Select
      searchable
      allowDeselect={false}
      label={t('tenants.settings.time_zone')}
      description={t('tenants.settings.time_zoneHint')}
      inputWrapperOrder={['label', 'input', 'description', 'error']}
      data={zones.includes(chosen) ? zones : [chosen, ...zones]}
      limit={100}
      {...form.getInputProps('time_zone')}
    />
  )
}
