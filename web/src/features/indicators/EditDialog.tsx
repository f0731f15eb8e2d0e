import { useForm } from '@mantine/form'
import { useTranslation } from 'react-i18next'
import type { Artifact } from '../../api/models'
import { usePreferences } from '../../app/preferences'
import { FormDialog } from '../../ui/FormDialog'
import { showFieldErrors } from '../../ui/fieldErrors'
import { toastDone } from '../../ui/toast'
import { DetailFields } from './DetailFields'
import { detailsOf, expiryOf } from './details'
import { usePatchIndicator } from './usePatchIndicator'

/** Changes what is said about an indicator; its value stays what it is. */
export function EditDialog({ row, onClose }: { row: Artifact; onClose: () => void }) {
  const { t } = useTranslation()
  const { timeZone } = usePreferences()
  const patch = usePatchIndicator(row.id)
  const form = useForm({ initialValues: detailsOf(row, timeZone) })
  const submit = form.onSubmit(({ expires, ...values }) => {
    // A field of minutes would cut the seconds off a moment that nobody touched.
    const touched = form.isDirty('expires') ? { expires_at: expiryOf({ ...values, expires }, timeZone) ?? null } : {}
    patch.mutate(
      { ...values, ...touched },
      {
        onSuccess: () => {
          toastDone(t('indicators.form.saved'))
          onClose()
        },
        onError: (error) => showFieldErrors(error, form.setFieldError, { expires_at: 'expires' }),
      },
    )
  })
  return (
    <FormDialog
      opened
      title={t('indicators.form.edit')}
      submit={t('common.actions.save')}
      pending={patch.isPending}
      error={patch.error}
      onSubmit={submit}
      onClose={onClose}
    >
      <DetailFields form={form} />
    </FormDialog>
  )
}
