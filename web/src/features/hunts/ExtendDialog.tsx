import { Select, Text } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Hunt } from '../../api/models'
import { extendHunt } from '../../resources/hunts'
import { FormDialog } from '../../ui/FormDialog'
import { useTimeFormat } from '../../ui/time'
import { lifetimes, spanOf } from './form/draft'
import { problemAt } from './form/useHuntForm'
import { useHuntChanged } from './useHuntChanged'

/** Keeps a hunt open longer, for hosts that come online later. */
export function ExtendDialog({ hunt, onClose }: { hunt: Hunt; onClose: () => void }) {
  const { t } = useTranslation()
  const { exact } = useTimeFormat()
  const changed = useHuntChanged()
  const [hours, setHours] = useState(168)
  const extend = useMutation({
    mutationFn: () => extendHunt(hunt.id, spanOf(hours)),
    onSuccess: (after) => {
      changed(after)
      onClose()
    },
  })
  return (
    <FormDialog
      opened
      title={t('hunts.extend.title')}
      submit={t('hunts.extend.confirm')}
      pending={extend.isPending}
      error={extend.error}
      onClose={onClose}
      onSubmit={(event) => {
        event.preventDefault()
        extend.mutate()
      }}
    >
      <Text>{t('hunts.extend.now', { time: exact(hunt.expires_at) })}</Text>
      <Select
        label={t('hunts.extend.for')}
        data-autofocus
        allowDeselect={false}
        error={problemAt(extend.error, 'expires')}
        value={String(hours)}
        onChange={(next) => setHours(Number(next))}
        data={lifetimes.map((each) => ({
          value: String(each),
          label: each < 24 ? t('hunts.form.hours', { count: each }) : t('hunts.form.days', { count: each / 24 }),
        }))}
      />
    </FormDialog>
  )
}
