import { ActionIcon } from '@mantine/core'
import { IconX } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { tenantOf, useMe } from '../app/me'
import { forgetEndedVisit } from '../app/visit'
import css from './Shell.module.css'

/** Tells that a visit ended by itself or in another tab, until it was read. */
export function EndedVisit({ tenant }: { tenant: string }) {
  const { t } = useTranslation()
  const { name } = tenantOf(useMe())
  return (
    <div className={css.ended} role="status">
      <p>{t('shell.visit.ended', { tenant, home: name })}</p>
      <ActionIcon onClick={forgetEndedVisit} aria-label={t('common.actions.close')}>
        <IconX size={16} />
      </ActionIcon>
    </div>
  )
}
