import '../../i18n/tenants'
import { Input, SegmentedControl, Text, Textarea } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useMutation } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { useNavigate } from 'react-router'
import { pathsOf } from '../../app/me'
import { visitTenant } from '../../resources/tenants'
import { FormDialog } from '../../ui/FormDialog'

interface VisitDialogProps {
  tenant: { id: number; name: string }
  /** What stands in the form as the reason when it opens. */
  reason?: string
  /** Where the visit begins; the tenant's dashboard without. */
  leadsTo?: string
  onClose: () => void
}

const lengths = [15, 30, 60] as const

/** Asks why and for how long, and goes into another tenant. */
export function VisitDialog({ tenant, reason: first = '', leadsTo, onClose }: VisitDialogProps) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const form = useForm({
    initialValues: { reason: first, minutes: '30' },
    validate: { reason: (value) => (value.trim() ? null : t('tenants.visit.reasonRequired')) },
  })
  const visit = useMutation({
    mutationFn: ({ reason, minutes }: typeof form.values) => visitTenant(tenant.id, reason.trim(), Number(minutes)),
    onSuccess: () => void navigate(leadsTo ?? pathsOf(tenant.id).dashboard),
  })
  return (
    <FormDialog
      opened
      title={t('tenants.visit.title', { tenant: tenant.name })}
      submit={t('tenants.visit.submit')}
      pending={visit.isPending}
      error={visit.error}
      onSubmit={form.onSubmit((values) => visit.mutate(values))}
      onClose={onClose}
    >
      <Text size="sm">{t('tenants.visit.hint', { tenant: tenant.name })}</Text>
      <Textarea
        label={t('tenants.visit.reason')}
        description={t('tenants.visit.reasonHint')}
        data-autofocus
        autosize
        minRows={2}
        maxRows={6}
        maxLength={500}
        {...form.getInputProps('reason')}
      />
      <Input.Wrapper label={t('tenants.visit.minutes')} labelElement="div">
        <SegmentedControl
          fullWidth
          aria-label={t('tenants.visit.minutes')}
          data={lengths.map((count) => ({ value: String(count), label: t('tenants.visit.minutesOf', { count }) }))}
          {...form.getInputProps('minutes')}
        />
      </Input.Wrapper>
    </FormDialog>
  )
}
